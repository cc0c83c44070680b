package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.LinuxException;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.machine.Place;

/**
 * Changes settings of the host for as long as it is open, and puts them back.
 *
 * <p>{@link #apply} reads all values before it changes any, writes them to a journal and syncs it, and only then writes to the host; it
 * reads everything back. {@link #restore} puts back what was changed, last first, reads back again and removes the journal. When the
 * process is killed in between, {@link #recover} does it from the journal. A setting of a device in a namespace without a name
 * ({@link Place.Held}) is put back by {@code restore} and not journaled, because no other process could find it.
 *
 * <p>Thread-safe: a shutdown hook may close it while {@code apply} works; that stops then before its next write.
 */
public final class Tuning implements AutoCloseable {
    private final Host host;
    private final Path directory;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile boolean closing;
    private boolean restored;
    private @Nullable Journal journal;
    private List<Remembered> remembered = List.of();
    private volatile List<Change> changes = List.of();
    private volatile List<Refused> refused = List.of();
    private List<NotRestored> notRestored = List.of();

    /**
     * Changes nothing yet.
     *
     * @param directory where the journal goes; made if need be. Several runs may share it
     */
    public Tuning(Host host, Path directory) {
        this.host = requireNonNull(host, "host is null");
        this.directory = requireNonNull(directory, "directory is null");
    }

    /**
     * Makes the changes, in order, once in the life of this object. What a device does not take is listed in {@link #refused} and
     * stops nothing; a setting that is as wanted already is in no list.
     *
     * @throws LinuxException code {@code tuning.journal-unusable}; nothing was changed then
     */
    public void apply(List<Wish> wishes) {
        turn.lock();
        try {
            if (closing || !remembered.isEmpty()) {
                throw new IllegalStateException("A tuning is applied once, and before it is closed.");
            }
            List<Refused> refusals = new ArrayList<>();
            List<Wish> pending = remember(wishes, refusals);
            refused = List.copyOf(refusals);
            if (pending.isEmpty()) {
                return;
            }
            writeJournal();
            List<Wish> written = write(pending, refusals);
            changes = readBack(written, refusals);
            refused = List.copyOf(refusals);
        } finally {
            turn.unlock();
        }
    }

    /** What was changed, in order. */
    public List<Change> changes() {
        return changes;
    }

    /** What stays as it was although it was wanted otherwise. */
    public List<Refused> refused() {
        return refused;
    }

    /**
     * Puts everything back, last changed first, and says what could not be. Unless the device of each of these is gone, the journal
     * stays for {@link #recover}. A second call does nothing and says the same.
     */
    public List<NotRestored> restore() {
        closing = true;
        turn.lock();
        try {
            if (restored) {
                return notRestored;
            }
            restored = true;
            try (Journal open = journal) {
                Restoring restoring = new Restoring(host);
                restoring.restore(remembered);
                notRestored = restoring.notRestored();
                if (open != null && notRestored.stream().allMatch(NotRestored::gone)) {
                    open.delete();
                }
            }
            return notRestored;
        } finally {
            turn.unlock();
        }
    }

    /** {@link #restore}, for whom the journal is report enough. */
    @Override
    public void close() {
        List<NotRestored> _ = restore();
    }

    /**
     * Puts back what runs that were killed have left behind, from their journals in the directory. Runs that still work are left
     * alone; what was written before the machine was started anew is dropped, because no setting survives that.
     *
     * @throws LinuxException codes {@code tuning.journal} and {@code tuning.journal-unusable}
     */
    public static Recovery recover(Host host, Path directory) {
        List<Change> restored = new ArrayList<>();
        List<NotRestored> notRestored = new ArrayList<>();
        int inProgress = 0;
        Journal.clearUnfinished(directory);
        for (Path file : Journal.list(directory)) {
            Optional<Journal> left = Journal.takeOver(file);
            if (left.isEmpty()) {
                inProgress += Files.exists(file) ? 1 : 0;
                continue;
            }
            try (Journal journal = left.get()) {
                Restoring restoring = new Restoring(host);
                if (journal.bootId().equals(bootId(host))) {
                    restoring.restore(journal.remembered());
                }
                restored.addAll(restoring.restored());
                notRestored.addAll(restoring.notRestored());
                if (restoring.notRestored().stream().allMatch(NotRestored::gone)) {
                    journal.delete();
                }
            }
        }
        return new Recovery(restored, notRestored, inProgress);
    }

    /** Reads what is there, and gives the wishes that are worth a write. */
    private List<Wish> remember(List<Wish> wishes, List<Refused> refusals) {
        List<Wish> pending = new ArrayList<>();
        List<Remembered> found = new ArrayList<>();
        for (Wish wish : wishes) {
            Setting setting = wish.setting();
            try {
                Optional<String> identity = setting.device().map(host::identity).orElse(Optional.of(""));
                Optional<String> before = setting.read(host);
                if (identity.isEmpty() || before.isEmpty()) {
                    refusals.add(new Refused(
                            setting, "This machine does not have " + setting.describe() + ", or does not show it."));
                } else if (!setting.satisfies(wish.value(), before.get())) {
                    Optional<String> irreversible = setting.irreversible(before.get());
                    irreversible.ifPresentOrElse(reason -> refusals.add(new Refused(setting, reason)), () -> {
                        pending.add(wish);
                        found.add(new Remembered(setting, identity.get(), before.get()));
                    });
                }
            } catch (RuntimeException refusal) {
                refusals.add(new Refused(setting, Reasons.of(refusal)));
            }
        }
        remembered = List.copyOf(found);
        return pending;
    }

    private void writeJournal() {
        List<Remembered> findable = remembered.stream()
                .filter(each -> SettingText.canBeFoundAgain(each.setting()))
                .toList();
        if (findable.isEmpty()) {
            return;
        }
        journal = Journal.write(directory, bootId(host), findable);
    }

    private List<Wish> write(List<Wish> pending, List<Refused> refusals) {
        List<Wish> written = new ArrayList<>();
        for (Wish wish : pending) {
            if (closing) {
                break;
            }
            try {
                wish.setting().write(host, wish.value());
                written.add(wish);
            } catch (RuntimeException refusal) {
                refusals.add(new Refused(wish.setting(), Reasons.of(refusal)));
            }
        }
        return written;
    }

    /** After all writes: one may have moved what another had set. */
    private List<Change> readBack(List<Wish> written, List<Refused> refusals) {
        List<Change> made = new ArrayList<>();
        for (Wish wish : written) {
            Setting setting = wish.setting();
            String before = remembered.stream()
                    .filter(each -> each.setting().equals(setting))
                    .findFirst()
                    .orElseThrow()
                    .value();
            try {
                String after = setting.read(host).orElse(before);
                if (after.equals(before)) {
                    refusals.add(new Refused(
                            setting,
                            "The kernel took " + wish.value() + " for " + setting.describe()
                                    + " without an error, and it still reads back " + after + "."));
                } else {
                    made.add(new Change(setting, before, after));
                }
            } catch (RuntimeException failure) {
                refusals.add(new Refused(setting, Reasons.of(failure)));
            }
        }
        return List.copyOf(made);
    }

    private static String bootId(Host host) {
        return host.machine().bootId().orElse("");
    }
}
