package org.sluice.traffic.scenario;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.linux.machine.CpuSet;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.report.SettingChange;
import org.sluice.traffic.tuning.Change;
import org.sluice.traffic.tuning.NotRestored;
import org.sluice.traffic.tuning.Refused;
import org.sluice.traffic.tuning.Setting;
import org.sluice.traffic.tuning.Tuning;
import org.sluice.traffic.tuning.Tunings;

/** A path's devices tuned for forwarding for as long as this is open, with the list of it that a report shows. For one thread. */
public final class PathTuning implements AutoCloseable {
    /** The outcome of a setting that is as it was. */
    public static final String RESTORED = "restored";

    private final Host host;
    private final Tuning tuning;

    /**
     * Changes nothing yet.
     *
     * @param state where the journal of changed settings goes
     */
    public PathTuning(Host host, Path state) {
        this.host = host;
        this.tuning = new Tuning(host, state);
    }

    /**
     * Makes the changes, once. Not for an interrupted thread.
     *
     * @param devices those that packets arrive and leave on
     * @param cpus those that shall forward
     * @throws org.sluice.linux.LinuxException code {@code tuning.journal-unusable}; nothing was changed then
     */
    public void apply(List<Device> devices, CpuSet cpus) {
        tuning.apply(Tunings.forForwarding(host, devices, cpus));
    }

    /** Puts everything back and tells what had been changed, what is not as it was, and what was refused. The devices must be there still. */
    public List<SettingChange> restore() {
        Map<Setting, String> failures = new LinkedHashMap<>();
        for (NotRestored failure : tuning.restore()) {
            failures.put(failure.setting(), failure.reason());
        }
        List<SettingChange> list = new ArrayList<>();
        for (Change change : tuning.changes()) {
            list.add(new SettingChange(
                    change.setting().describe(),
                    change.before(),
                    change.after(),
                    failures.getOrDefault(change.setting(), RESTORED)));
        }
        for (Refused refused : tuning.refused()) {
            String value = value(refused.setting());
            list.add(new SettingChange(refused.setting().describe(), value, value, refused.reason()));
        }
        return List.copyOf(list);
    }

    /** Whatever keeps it from being read has been told as the reason of its refusal. */
    private String value(Setting setting) {
        try {
            return setting.read(host).orElse("none");
        } catch (RuntimeException refusal) {
            return "unknown";
        }
    }

    @Override
    public void close() {
        tuning.close();
    }
}
