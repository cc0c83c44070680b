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
    SUSPENDING("suspending"),
    RESUMING("resuming"),
    REBUILDING("rebuilding"),
    RESIZE_PREP("resize_prep"),
    RESIZE_FINISH("resize_finish"),
    RESIZE_REVERTING("resize_reverting"),
    /** A copy of its root disk is on its way to become an image. */
    IMAGE_SNAPSHOT("image_snapshot"),
    /** Likewise, and the oldest of such images go then. */
    IMAGE_BACKUP("image_backup"),
    /** It is stopped, and a copy of its root disk is on its way to become the image that it is shelved in. */
    SHELVING("shelving"),
    /** It is leaving its host, and comes back from its image. */
    SHELVING_OFFLOADING("shelving_offloading"),
    RESCUING("rescuing"),
    UNRESCUING("unrescuing"),
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
            case SCHEDULING,
                    SPAWNING,
                    POWERING_ON,
                    RESUMING,
                    REBOOTING,
                    REBOOTING_HARD,
                    REBUILDING,
                    RESIZE_FINISH,
                    RESIZE_REVERTING,
                    RESCUING,
                    UNRESCUING -> true;
            case POWERING_OFF,
                    PAUSING,
                    UNPAUSING,
                    SUSPENDING,
                    RESIZE_PREP,
                    IMAGE_SNAPSHOT,
                    IMAGE_BACKUP,
                    SHELVING,
                    SHELVING_OFFLOADING,
                    DELETING -> false;
        };
    }

    /** Whether what its host reports may be one step's and not the end. */
    public boolean isOperation() {
        return this == RESIZE_PREP || this == RESIZE_FINISH || this == RESIZE_REVERTING || this == REBUILDING;
    }

    /** Whether its end is an image, whatever becomes of the guest meanwhile. */
    boolean makesImage() {
        return this == IMAGE_SNAPSHOT || this == IMAGE_BACKUP || this == SHELVING;
    }

    static Task of(String text) {
        return Arrays.stream(values())
                .filter(task -> task.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("There is no task '" + text + "'."));
    }
}
