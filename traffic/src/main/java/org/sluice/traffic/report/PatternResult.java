package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.sluice.traffic.trial.Floor;

/**
 * What was found on one path.
 *
 * @param name short name, unique within the report: {@code path}, {@code bare-forwarding}, {@code one-vf} ...
 * @param title for people: {@code Bare forwarding}
 * @param description what the path is made of, one or two sentences
 * @param emulated whether a device of it is emulated, so that the figures say nothing about hardware
 * @param ports the interfaces of the path
 * @param settings host settings that were changed for it, and whether they were put back
 * @param floorBefore the tester's own floor before
 * @param floorAfter the tester's own floor after
 * @param sizes one for each frame size or mix, in the order they were measured
 * @param notes what else the reader should know, one sentence each
 */
public record PatternResult(
        String name,
        String title,
        String description,
        boolean emulated,
        List<PortFacts> ports,
        List<SettingChange> settings,
        Optional<Floor> floorBefore,
        Optional<Floor> floorAfter,
        List<SizeResult> sizes,
        List<String> notes) {
    /** Checks for null and for sizes of the same name, and copies. */
    public PatternResult {
        requireNonNull(name, "name is null");
        requireNonNull(title, "title is null");
        requireNonNull(description, "description is null");
        ports = List.copyOf(ports);
        settings = List.copyOf(settings);
        requireNonNull(floorBefore, "floorBefore is null");
        requireNonNull(floorAfter, "floorAfter is null");
        sizes = List.copyOf(sizes);
        notes = List.copyOf(notes);
        Report.unique(sizes.stream().map(SizeResult::frames).toList(), "sizes of the pattern '" + name + "'");
    }
}
