package org.sluice.controller.store;

/** Texts that come from hosts, as PostgreSQL can keep them: its text cannot hold NUL, and a program on a host can print it. */
public final class StorableText {
    private StorableText() {}

    /** The text without what cannot be kept. */
    public static String of(String text) {
        return text.replace("\0", "");
    }
}
