package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.Supplier;
import org.sluice.linux.LinuxException;

/** A pattern that is known and that this machine cannot build. */
final class MissingPattern implements Pattern {
    private final String name;
    private final String title;
    private final Supplier<String> reason;
    private final Optional<Pattern> standIn;

    MissingPattern(String name, String title, Supplier<String> reason, Optional<Pattern> standIn) {
        this.name = requireNonNull(name, "name is null");
        this.title = requireNonNull(title, "title is null");
        this.reason = requireNonNull(reason, "reason is null");
        this.standIn = requireNonNull(standIn, "standIn is null");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.of(reason.get());
    }

    @Override
    public Optional<Pattern> standIn() {
        return standIn;
    }

    @Override
    public BuiltPath build() {
        throw new LinuxException(
                "scenario.unavailable",
                "The pattern " + name + " cannot be built here. " + reason.get(),
                "Choose another pattern, or four-patterns for all that this machine can.");
    }
}
