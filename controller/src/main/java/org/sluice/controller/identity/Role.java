package org.sluice.controller.identity;

/** A role: its 32 hexadecimal digits and its name. */
record Role(String id, String name) {}
