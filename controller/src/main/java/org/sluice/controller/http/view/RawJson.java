package org.sluice.controller.http.view;

/** JSON that the database made and that goes out as it is. */
public record RawJson(String text) {}
