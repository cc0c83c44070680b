package org.sluice.controller.identity.role;

/** A role: its 32 hexadecimal digits and its name. */
public record Role(String id, String name) {}
