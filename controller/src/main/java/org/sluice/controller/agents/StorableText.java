package org.sluice.controller.agents;

/** Texts that come from hosts, as PostgreSQL can keep them: its text cannot hold NUL, and a program on a host can print it. */
final class StorableText {
    private StorableText() {}

    static String of(String text) {
        return text.replace("\0", "");
    }
}
