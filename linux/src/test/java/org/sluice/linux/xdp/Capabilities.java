package org.sluice.linux.xdp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Work done on a thread that has given up some of root's capabilities; threads that it starts lack them, too. */
final class Capabilities {
    static final int CAP_NET_ADMIN = 12;
    static final int CAP_NET_RAW = 13;
    static final int CAP_IPC_LOCK = 14;
    static final int CAP_SYS_ADMIN = 21;
    static final int CAP_BPF = 39;

    /** _LINUX_CAPABILITY_VERSION_3: two words of each set. */
    private static final int VERSION_3 = 0x20080522;

    private Capabilities() {}

    /** Runs the work without the capabilities, on a thread of its own that ends afterwards. */
    static void without(Runnable work, int... capabilities) throws Exception {
        FutureTask<Boolean> task = new FutureTask<>(
                () -> {
                    drop(capabilities);
                    work.run();
                },
                true);
        Thread _ = Thread.ofPlatform().daemon().start(task);
        try {
            boolean _ = task.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception exception ? exception : failure;
        }
    }

    private static void drop(int... capabilities) {
        try (Arena arena = Arena.ofConfined()) {
            // In bounds: struct __user_cap_header_struct has two words, the data twice three: effective, permitted,
            // inheritable.
            MemorySegment header = arena.allocateFrom(JAVA_INT, VERSION_3, 0);
            MemorySegment sets = arena.allocate(JAVA_INT, 6);
            call("capget", header, sets);
            for (int capability : capabilities) {
                long effective = capability < 32 ? 0 : 3 * Integer.BYTES;
                sets.set(JAVA_INT, effective, sets.get(JAVA_INT, effective) & ~(1 << capability % 32));
            }
            call("capset", header, sets);
        }
    }

    private static void call(String name, MemorySegment header, MemorySegment sets) {
        Linker linker = Linker.nativeLinker();
        try {
            int result = (int) linker.downcallHandle(
                            linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS))
                    .invokeExact(header, sets);
            if (result != 0) {
                throw new IllegalStateException("The kernel refused " + name + ".");
            }
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall throws no checked exception.", impossible);
        }
    }
}
