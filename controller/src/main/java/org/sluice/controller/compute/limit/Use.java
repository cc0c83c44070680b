package org.sluice.controller.compute.limit;

/**
 * What a project's servers add up to.
 *
 * @param memoryMib memory, MiB
 */
record Use(String project, long servers, long vcpus, long memoryMib) {}
