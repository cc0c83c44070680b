package org.sluice.linux.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/**
 * The few system calls that Java has no door for, one method each, named after the call.
 *
 * <p>A failed call throws {@link SystemCallException}; a call that a signal interrupted is made again. Memory handed to the kernel
 * is either a segment whose own size is passed along, or a string copied into an arena that outlives the call. All methods are
 * thread-safe; {@link #unshare} and {@link #setns} change the calling thread only, so call them on a platform thread that ends
 * afterwards.
 */
public final class SystemCalls {
    /** open(2): write only. */
    public static final int O_WRONLY = 1;

    /** open(2): read and write. */
    public static final int O_RDWR = 2;

    /** open(2): cut the file to length zero; sysfs ignores it. */
    public static final int O_TRUNC = 0x200;

    /** open(2): do not pass on to child processes. */
    public static final int O_CLOEXEC = 0x80000;

    /** unshare(2), setns(2): the network namespace. */
    public static final int CLONE_NEWNET = 0x40000000;

    /** unshare(2): the mount namespace. */
    public static final int CLONE_NEWNS = 0x20000;

    /** mount(2): bind mount. */
    public static final long MS_BIND = 0x1000;

    /** mount(2): apply to the whole tree. */
    public static final long MS_REC = 0x4000;

    /** mount(2): propagate to nobody and from nobody. */
    public static final long MS_PRIVATE = 1L << 18;

    /** mount(2): propagate to and from peers. */
    public static final long MS_SHARED = 1L << 20;

    /** umount2(2): detach now, clean up when no longer in use. */
    public static final int MNT_DETACH = 2;

    private static final long NO_ADDRESS = 0;
    private static final long SIG_DFL = 0;
    private static final int NO_FILE = -1;
    private static final int PROT_READ_WRITE = 1 | 2;
    private static final int MAP_SHARED = 0x01;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_POPULATE = 0x8000;

    /** The number of bpf(2), which the C library has no function for (asm/unistd_64.h; asm-generic/unistd.h for arm64). */
    private static final long BPF = switch (System.getProperty("os.arch")) {
        case "aarch64" -> 280;
        default -> 321;
    };

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));

    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle WRITE =
            function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle SOCKET =
            function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            function("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKOPT =
            function("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SEND =
            function("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECVFROM = function(
            "recvfrom", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle IOCTL = function(
            "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL_WITH_NUMBER = function(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle UNSHARE = function("unshare", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SETNS = function("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle MOUNT =
            function("mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle UMOUNT2 = function("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    private static final MethodHandle SCHED_SETAFFINITY =
            function("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle SCHED_GETAFFINITY =
            function("sched_getaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle SCHED_SETSCHEDULER =
            function("sched_setscheduler", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SETPRIORITY =
            function("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle PRCTL = function(
            "prctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle GETTID = function("gettid", FunctionDescriptor.of(JAVA_INT));

    private static final MethodHandle SIGNAL =
            function("signal", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG));
    private static final MethodHandle PIDFD_OPEN =
            function("pidfd_open", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle PIDFD_SEND_SIGNAL =
            function("pidfd_send_signal", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle POLL =
            function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MMAP = function(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP =
            function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle BPF_CALL = function(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(1));

    /** struct pollfd: a file number of 4 bytes, the events asked for and those that came, 2 bytes each. */
    private static final long POLL_ENTRY_LENGTH = 8;

    private static final long POLL_EVENTS_OFFSET = 4;
    private static final short POLLIN = 1;

    private static final int PRIO_PROCESS = 0;
    private static final int AFFINITY_WORDS = 1024 / Long.SIZE;

    private SystemCalls() {}

    /** open(2) of a file that exists. */
    public static FileDescriptor open(String path, int flags) {
        requireNonNull(path, "path is null");
        long number = call("open", "open " + path, (arena, state) ->
                (int) OPEN.invokeExact(state, text(arena, path), flags | O_CLOEXEC));
        return new FileDescriptor((int) number, path);
    }

    /** write(2) of the whole buffer in one call, as sysfs wants it; a part written is an error. */
    static void write(FileDescriptor file, byte[] bytes) {
        String what = "write " + describe(bytes) + " to " + file.name();
        long written = call("write", what, (arena, state) -> {
            // In bounds: the buffer holds exactly the bytes (allocateFrom copies them all), and its own size is passed.
            MemorySegment buffer = arena.allocateFrom(JAVA_BYTE, bytes);
            return (long) WRITE.invokeExact(state, file.number(), buffer, buffer.byteSize());
        });
        if (written != bytes.length) {
            throw new SystemCallException("write", Errno.EIO, what);
        }
    }

    /** socket(2); the socket is bound for life to the calling thread's network namespace. */
    public static FileDescriptor socket(int family, int type, int protocol, String name) {
        long number = call("socket", "open a " + name, (arena, state) ->
                (int) SOCKET.invokeExact(state, family, type | O_CLOEXEC, protocol));
        return new FileDescriptor((int) number, name);
    }

    /** bind(2); the address is the whole segment. */
    public static void bind(FileDescriptor socket, MemorySegment address) {
        // In bounds: the length passed is the segment's own.
        call("bind", "bind the " + socket.name(), (arena, state) ->
                (int) BIND.invokeExact(state, socket.number(), address, (int) address.byteSize()));
    }

    /** setsockopt(2) with the whole segment as value. */
    public static void setSocketOption(FileDescriptor socket, int level, int option, MemorySegment value, String what) {
        // In bounds: the length passed is the segment's own.
        call("setsockopt", what + " on the " + socket.name(), (arena, state) ->
                (int) SETSOCKOPT.invokeExact(state, socket.number(), level, option, value, (int) value.byteSize()));
    }

    /**
     * getsockopt(2) into the whole segment.
     *
     * @return how many bytes the kernel wrote, which older kernels with shorter structures keep below the segment's size
     */
    public static int getSocketOption(FileDescriptor socket, int level, int option, MemorySegment value, String what) {
        try (Arena lengths = Arena.ofConfined()) {
            // In bounds: the kernel is told the segment's own size and writes no more than that, and the length to one
            // int.
            MemorySegment length = lengths.allocateFrom(JAVA_INT, (int) value.byteSize());
            call("getsockopt", what + " of the " + socket.name(), (arena, state) ->
                    (int) GETSOCKOPT.invokeExact(state, socket.number(), level, option, value, length));
            return length.get(JAVA_INT, 0);
        }
    }

    /** send(2) of the first {@code length} bytes of the segment. */
    public static long send(FileDescriptor socket, MemorySegment message, long length) {
        // In bounds: asSlice throws when the message is shorter than length.
        MemorySegment part = message.asSlice(0, length);
        return call("send", "send to the " + socket.name(), (arena, state) ->
                (long) SEND.invokeExact(state, socket.number(), part, part.byteSize(), 0));
    }

    /**
     * recvfrom(2) into the whole segment.
     *
     * @param flags MSG_PEEK, MSG_TRUNC and so on
     * @param sender receives the sender's address; filled as far as it reaches
     * @return bytes received; with MSG_TRUNC the real length, which may exceed the segment's
     */
    public static long receive(FileDescriptor socket, MemorySegment into, int flags, MemorySegment sender) {
        return call("recvfrom", "receive from the " + socket.name(), (arena, state) -> {
            MemorySegment senderLength = arena.allocateFrom(JAVA_INT, (int) sender.byteSize());
            // In bounds: the kernel gets the size of each segment and writes no more than that, with MSG_TRUNC too.
            return (long)
                    RECVFROM.invokeExact(state, socket.number(), into, into.byteSize(), flags, sender, senderLength);
        });
    }

    /** ioctl(2) with a structure, which the caller makes as large as the request number says. */
    public static void ioctl(FileDescriptor file, long request, MemorySegment structure, String what) {
        // In bounds: the request number encodes the structure's size, or its header does (ifreq: 40 bytes).
        call("ioctl", what, (arena, state) -> (int) IOCTL.invokeExact(state, file.number(), request, structure));
    }

    /** ioctl(2) with a number. */
    public static void ioctl(FileDescriptor file, long request, long argument, String what) {
        call("ioctl", what, (arena, state) ->
                (int) IOCTL_WITH_NUMBER.invokeExact(state, file.number(), request, argument));
    }

    /** unshare(2) for the calling thread. */
    public static void unshare(int flags, String what) {
        call("unshare", what, (arena, state) -> (int) UNSHARE.invokeExact(state, flags));
    }

    /** setns(2) for the calling thread. */
    public static void setns(FileDescriptor namespace, int type) {
        call("setns", "enter the namespace " + namespace.name(), (arena, state) ->
                (int) SETNS.invokeExact(state, namespace.number(), type));
    }

    /** mount(2) without data. */
    public static void mount(String source, String target, String type, long flags) {
        call("mount", "mount " + source + " on " + target, (arena, state) -> (int) MOUNT.invokeExact(
                state, text(arena, source), text(arena, target), text(arena, type), flags, MemorySegment.NULL));
    }

    /** umount2(2). */
    public static void unmount(String target, int flags) {
        call("umount2", "unmount " + target, (arena, state) ->
                (int) UMOUNT2.invokeExact(state, text(arena, target), flags));
    }

    /** gettid(2): the kernel's number of the calling thread. */
    public static int threadId() {
        return (int) call("gettid", "read the number of the thread", (arena, state) -> (int) GETTID.invokeExact(state));
    }

    /** sched_setaffinity(2): the mask, one bit for each CPU. */
    public static void setAffinity(int thread, long[] mask, String what) {
        call("sched_setaffinity", what, (arena, state) -> {
            // In bounds: the mask's own size is passed.
            MemorySegment bits = arena.allocateFrom(JAVA_LONG, mask);
            return (int) SCHED_SETAFFINITY.invokeExact(state, thread, bits.byteSize(), bits);
        });
    }

    /** sched_getaffinity(2): the mask, one bit for each of up to 1,024 CPUs. */
    public static long[] affinity(int thread) {
        long[] mask = new long[AFFINITY_WORDS];
        call("sched_getaffinity", "read which CPUs a thread may use", (arena, state) -> {
            // In bounds: the segment's own size is passed, and the kernel writes no more.
            MemorySegment bits = arena.allocate(JAVA_LONG, AFFINITY_WORDS);
            int written = (int) SCHED_GETAFFINITY.invokeExact(state, thread, bits.byteSize(), bits);
            MemorySegment.copy(bits, JAVA_LONG, 0, mask, 0, AFFINITY_WORDS);
            return written;
        });
        return mask;
    }

    /** sched_setscheduler(2) of a thread; priority 0 for the policies that know none. */
    public static void setScheduler(int thread, int policy, int priority, String what) {
        call("sched_setscheduler", what, (arena, state) -> {
            // In bounds: struct sched_param is one int.
            MemorySegment parameter = arena.allocateFrom(JAVA_INT, priority);
            return (int) SCHED_SETSCHEDULER.invokeExact(state, thread, policy, parameter);
        });
    }

    /** setpriority(2) of one thread: from -20, the most urgent, to 19. */
    public static void setPriority(int thread, int nice, String what) {
        call("setpriority", what, (arena, state) -> (int) SETPRIORITY.invokeExact(state, PRIO_PROCESS, thread, nice));
    }

    /** prctl(2) with one number. */
    public static void control(int option, long argument, String what) {
        call("prctl", what, (arena, state) -> (int) PRCTL.invokeExact(state, option, argument, 0L, 0L, 0L));
    }

    /** pidfd_open(2): a file that stands for one process, whoever has its number later. */
    public static FileDescriptor openProcess(int processId) {
        String name = "process " + processId;
        long number =
                call("pidfd_open", "open " + name, (arena, state) -> (int) PIDFD_OPEN.invokeExact(state, processId, 0));
        return new FileDescriptor((int) number, name);
    }

    /** signal(2) with SIG_DFL: from now on the signal does to this process what it does to one that handles none. */
    public static void restoreSignal(int signal) {
        long _ = call("signal", "take the handler of signal " + signal + " away", (arena, state) ->
                (long) SIGNAL.invokeExact(state, signal, SIG_DFL));
    }

    /** pidfd_send_signal(2). */
    public static void sendSignal(FileDescriptor process, int signal) {
        call("pidfd_send_signal", "send signal " + signal + " to " + process.name(), (arena, state) ->
                (int) PIDFD_SEND_SIGNAL.invokeExact(state, process.number(), signal, MemorySegment.NULL, 0));
    }

    /** poll(2) for one file until it can be read, or that many milliseconds are over; says whether it can. */
    public static boolean awaitReadable(FileDescriptor file, int milliseconds) {
        long ready = call("poll", "wait for " + file.name(), (arena, state) -> {
            // In bounds: one entry, and 1 is passed as their number.
            MemorySegment entry = arena.allocate(POLL_ENTRY_LENGTH, Integer.BYTES);
            entry.set(JAVA_INT, 0, file.number());
            entry.set(ValueLayout.JAVA_SHORT, POLL_EVENTS_OFFSET, POLLIN);
            return (int) POLL.invokeExact(state, entry, 1L, milliseconds);
        });
        return ready > 0;
    }

    /**
     * mmap(2) of a file's pages, shared with the kernel and there from the start, for reading and writing. They are unmapped when
     * the arena is closed.
     */
    public static MemorySegment map(FileDescriptor file, long offset, long length, Arena arena, String what) {
        return map(file.number(), MAP_SHARED | MAP_POPULATE, offset, length, arena, what);
    }

    /** mmap(2) of fresh pages, all zero, for reading and writing. They are unmapped when the arena is closed. */
    public static MemorySegment mapMemory(long length, Arena arena, String what) {
        return map(NO_FILE, MAP_PRIVATE | MAP_ANONYMOUS, 0, length, arena, what);
    }

    private static MemorySegment map(int file, int flags, long offset, long length, Arena owner, String what) {
        long address = call("mmap", what, (arena, state) ->
                (long) MMAP.invokeExact(state, NO_ADDRESS, length, PROT_READ_WRITE, flags, file, offset));
        // In bounds: the kernel mapped that many bytes at this address, and the segment dies before they are unmapped.
        return MemorySegment.ofAddress(address).reinterpret(length, owner, SystemCalls::unmap);
    }

    private static void unmap(MemorySegment pages) {
        call("munmap", "unmap " + pages.byteSize() + " bytes", (arena, state) ->
                (int) MUNMAP.invokeExact(state, pages.address(), pages.byteSize()));
    }

    /**
     * bpf(2), for commands that answer with no file.
     *
     * @param attributes the command's part of union bpf_attr, whose length the kernel takes as it is
     */
    public static void bpf(int command, MemorySegment attributes, String what) {
        long _ = callBpf(command, attributes, what);
    }

    /** bpf(2), for commands that answer with a file, which the kernel closes on exec by itself. */
    public static FileDescriptor openBpf(int command, MemorySegment attributes, String name, String what) {
        return new FileDescriptor((int) callBpf(command, attributes, what), name);
    }

    private static long callBpf(int command, MemorySegment attributes, String what) {
        // In bounds: the length passed is the segment's own.
        return call("bpf", what, (arena, state) ->
                (long) BPF_CALL.invokeExact(state, BPF, command, attributes, (int) attributes.byteSize()));
    }

    /** close(2), never repeated: Linux has given the number back even when a signal interrupted it. */
    static void close(int number) {
        try (Arena arena = Arena.ofConfined()) {
            int _ = (int) CLOSE.invokeExact(arena.allocate(CALL_STATE), number);
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall to close does not throw.", impossible);
        }
    }

    private static long call(String name, String what, Invocation invocation) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = callState(arena);
            while (true) {
                long result = invocation.run(arena, state);
                if (result >= 0) {
                    return result;
                }
                Errno errno = Errno.of(errorNumber(state));
                if (errno != Errno.EINTR) {
                    throw new SystemCallException(name, errno, what);
                }
            }
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall to " + name + " throws no checked exception.", impossible);
        }
    }

    /** A C function as a handle that takes a segment for the {@link #callState} before its own arguments. */
    static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... more) {
        Linker.Option[] options = new Linker.Option[more.length + 1];
        options[0] = Linker.Option.captureCallState("errno");
        System.arraycopy(more, 0, options, 1, more.length);
        MemorySegment address = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new IllegalStateException("The C library has no function " + name + "."));
        return LINKER.downcallHandle(address, descriptor, options);
    }

    /** Memory into which a {@link #function} handle writes the error number. */
    static MemorySegment callState(Arena arena) {
        // In bounds: the linker writes one call state, for which this segment has its own layout's size.
        return arena.allocate(CALL_STATE);
    }

    /** The positive error number that the last failed call left. */
    static int errorNumber(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    private static MemorySegment text(Arena arena, String text) {
        return arena.allocateFrom(text, StandardCharsets.UTF_8);
    }

    private static String describe(byte[] bytes) {
        return "\"" + new String(bytes, StandardCharsets.UTF_8).strip() + "\"";
    }

    @FunctionalInterface
    private interface Invocation {
        long run(Arena arena, MemorySegment state) throws Throwable;
    }
}
