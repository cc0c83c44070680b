package org.sluice.cli.settings;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A value as somebody gave it.
 *
 * @param texts one, or those of a list
 * @param source where it stands, for people: {@code /etc/sluice.yaml:3}, {@code --listen}, {@code SLUICE_LISTEN}
 */
public record Given(List<String> texts, String source) {
    public Given {
        texts = List.copyOf(texts);
        requireNonNull(source, "source is null");
    }

    /** Of the command line or the environment: a list is separated by commas. */
    static Given of(Setting<?> setting, String text, String source) {
        if (!setting.kind().many()) {
            return new Given(List.of(text), source);
        }
        List<String> parts =
                List.of(text.split(",", -1)).stream().map(String::strip).toList();
        return new Given(text.isBlank() ? List.of() : parts, source);
    }
}
