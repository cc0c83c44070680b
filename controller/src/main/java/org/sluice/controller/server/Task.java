package org.sluice.controller.server;

import java.util.Arrays;

/** What is under way with a server, as {@code OS-EXT-STS:task_state} names it. */
public enum Task {
    SCHEDULING("scheduling"),
    SPAWNING("spawning"),
    POWERING_OFF("powering-off"),
    POWERING_ON("powering-on"),
    REBOOTING("rebooting"),
    REBOOTING_HARD("rebooting_hard"),
    PAUSING("pausing"),
    UNPAUSING("unpausing"),
    REBUILDING("rebuilding"),
    DELETING("deleting");

    private final String text;

    Task(String text) {
        this.text = text;
    }

    /** As the API and the database have it. */
    public String text() {
        return text;
    }

    /** Whether its end is a guest that has just been started, every NIC of which must be as it was asked for. */
    public boolean startsGuest() {
        return switch (this) {
            case SCHEDULING, SPAWNING, POWERING_ON, REBOOTING, REBOOTING_HARD, REBUILDING -> true;
            case POWERING_OFF, PAUSING, UNPAUSING, DELETING -> false;
        };
    }

    static Task of(String text) {
        return Arrays.stream(values())
                .filter(task -> task.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("There is no task '" + text + "'."));
    }
}
