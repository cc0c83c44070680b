package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.SubnetId;

/** Makes port rows and gives them addresses. Thread-safe; the caller owns the transaction. */
final class PortMaking {
    /** A random address is one of 16 million; so many collisions in a row mean that the fabric has none left. */
    private static final int MAC_ATTEMPTS = 64;

    private final RandomGenerator random;
    private final AddressAllocation addresses;

    PortMaking(RandomGenerator random) {
        this.random = requireNonNull(random, "random is null");
        this.addresses = new AddressAllocation(random);
    }

    /**
     * Inserts the row and its security groups; addresses come after.
     *
     * @throws org.sluice.model.ProblemException 409 when the wanted MAC is in use on the fabric
     */
    void insert(Handle handle, NewPort port) {
        if (port.mac().isPresent()) {
            if (!insertWith(handle, port, port.mac().get())) {
                throw NetworkProblems.macTaken(port.network(), port.mac().get());
            }
        } else {
            insertWithRandomMac(handle, port);
        }
        if (!port.securityGroups().isEmpty()) {
            handle.createUpdate("""
                            insert into port_security_group (port_id, security_group_id)
                            select :port, id from unnest(:groups) id""")
                    .bind("port", port.id().value())
                    .bindArray(
                            "groups",
                            UUID.class,
                            port.securityGroups().stream().map(id -> id.value()).toList())
                    .execute();
        }
    }

    private void insertWithRandomMac(Handle handle, NewPort port) {
        for (int attempt = 0; attempt < MAC_ATTEMPTS; attempt++) {
            if (insertWith(handle, port, MacAddress.random(random))) {
                return;
            }
        }
        throw NetworkProblems.conflict(
                "MacAddressGenerationFailure", "Unable to generate unique mac on network " + port.network() + ".");
    }

    /** False when the MAC is in use on the fabric. */
    private static boolean insertWith(Handle handle, NewPort port, MacAddress mac) {
        return handle.createUpdate("""
                        insert into port (id, network_id, project_id, name, description, admin_state_up, mac_address,
                            fabric, device_id, device_owner, port_security, vnic_type, binding_profile, binding_host,
                            made_for_server, service_host_id)
                        select :id, n.id, :project, :name, :description, :adminStateUp, :mac,
                            n.physical_network, :deviceId, :deviceOwner, :portSecurity, :vnicType,
                            cast(:profile as jsonb), :bindingHost, :madeForServer, cast(:serviceHost as uuid)
                        from network n where n.id = :network
                        on conflict on constraint port_mac_once_per_fabric do nothing""")
                        .bind("id", port.id().value())
                        .bind("network", port.network().value())
                        .bind("project", port.projectId())
                        .bind("name", port.name())
                        .bind("description", port.description())
                        .bind("adminStateUp", port.adminStateUp())
                        .bind("mac", mac.value())
                        .bind("deviceId", port.deviceId())
                        .bind("deviceOwner", port.deviceOwner())
                        .bind("portSecurity", port.portSecurity())
                        .bind("vnicType", port.vnicType().wireName())
                        .bind("profile", port.profile())
                        .bind("bindingHost", port.bindingHost())
                        .bind("madeForServer", port.madeForServer())
                        .bind(
                                "serviceHost",
                                port.serviceHost().map(host -> host.value()).orElse(null))
                        .execute()
                == 1;
    }

    /**
     * One address of each IP version for which the network has a subnet; none when it has no subnet.
     *
     * @throws org.sluice.model.ProblemException 409 when a version's subnets are all full
     */
    void allocateAny(Handle handle, NetworkId network, PortId port) {
        record Candidate(UUID id, int version) {}
        List<Candidate> subnets = handle.createQuery("""
                        select id, ip_version from subnet where network_id = :network
                        order by ip_version, created_at, id""")
                .bind("network", network.value())
                .map((row, context) -> new Candidate(row.getObject("id", UUID.class), row.getInt("ip_version")))
                .list();
        for (int version : new int[] {4, 6}) {
            List<SubnetId> ofVersion = subnets.stream()
                    .filter(subnet -> subnet.version() == version)
                    .map(subnet -> new SubnetId(subnet.id()))
                    .toList();
            if (!ofVersion.isEmpty()
                    && ofVersion.stream()
                            .noneMatch(
                                    subnet -> allocateIn(handle, subnet, port).isPresent())) {
                throw NetworkProblems.noAddressLeft(network);
            }
        }
    }

    /** The next free address of that subnet; empty when it is full. */
    Optional<String> allocateIn(Handle handle, SubnetId subnet, PortId port) {
        return addresses.next(handle, subnet, port);
    }

    /** That very address, in or out of the pools; false when another port has it. */
    boolean allocateExactly(Handle handle, SubnetId subnet, PortId port, String address) {
        return addresses.take(handle, subnet, port, address);
    }

    /** The subnet of the network that the address lies in. */
    Optional<SubnetId> subnetOf(Handle handle, NetworkId network, String address) {
        return handle.createQuery("""
                        select id from subnet where network_id = :network and cidr >> cast(:address as inet)""")
                .bind("network", network.value())
                .bind("address", address)
                .mapTo(UUID.class)
                .findOne()
                .map(SubnetId::new);
    }
}
