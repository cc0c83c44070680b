package org.sluice.cli.settings;

import java.util.Set;
import java.util.stream.Collectors;

/** A program that runs with settings. */
public enum Role {
    UP("sluice up"),
    CONTROLLER("sluice controller"),
    AGENT("sluice agent");

    private final String command;

    Role(String command) {
        this.command = command;
    }

    /** Their commands without "sluice", for tables: {@code up, controller}. */
    public static String wordsOf(Set<Role> roles) {
        return roles.stream()
                .sorted()
                .map(role -> role.command.replace("sluice ", ""))
                .collect(Collectors.joining(", "));
    }

    /** What starts it. */
    public String command() {
        return command;
    }
}
