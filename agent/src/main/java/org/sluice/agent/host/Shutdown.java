package org.sluice.agent.host;

/**
 * Whether the machine itself is going down. Then its guests are ended by whoever takes the machine down, and not by themselves.
 * Thread-safe.
 */
@FunctionalInterface
public interface Shutdown {
    /** True from when the machine was told to halt or to reboot until its next boot; false where nobody can say. */
    boolean isUnderWay();
}
