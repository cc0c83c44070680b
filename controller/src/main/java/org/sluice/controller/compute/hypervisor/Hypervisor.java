package org.sluice.controller.compute.hypervisor;

import java.util.List;
import java.util.Optional;
import org.sluice.controller.compute.host.HostRow;
import org.sluice.controller.compute.host.HostStore;

/**
 * A host as the hypervisor of servers.
 *
 * @param id as this version shows it
 * @param state {@code up} or {@code down}, now
 * @param servers its servers, where they are shown
 */
record Hypervisor(HostRow host, Object id, String state, Optional<List<HostStore.Guest>> servers) {}
