package org.sluice.agent.functions;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.agent.journal.LeaseBook.Function;

/** One lock a VF, held over a whole transaction, from the first look at the VF to the last. Thread-safe. */
public final class FunctionLocks {
    private static final Comparator<Function> ORDER = Comparator.comparing(
                    (Function function) -> function.physicalFunction().serial())
            .thenComparingInt(function -> function.physicalFunction().port())
            .thenComparingInt(Function::index);

    private final Map<Function, ReentrantLock> locks = new ConcurrentHashMap<>();

    /** The right to the VFs of one server; ends when closed, on the thread that took it. */
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** Takes the locks of these VFs, always in one order, so that two servers never wait for each other. */
    public Held hold(List<Function> functions) {
        List<ReentrantLock> taken = new ArrayList<>();
        for (Function function : functions.stream().distinct().sorted(ORDER).toList()) {
            ReentrantLock lock = locks.computeIfAbsent(function, key -> new ReentrantLock());
            lock.lock();
            taken.add(lock);
        }
        return () -> taken.reversed().forEach(ReentrantLock::unlock);
    }
}
