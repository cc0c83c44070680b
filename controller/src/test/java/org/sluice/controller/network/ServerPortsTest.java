package org.sluice.controller.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.NetworkApi.Answer;
import org.sluice.controller.network.address.RestingAddresses;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.HostSegments;
import org.sluice.controller.network.binding.NicRequest;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.network.network.NetworkGate;
import org.sluice.controller.policy.Access;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.server.TestClaims;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.FixedAddress;
import org.sluice.model.protocol.ServedNetwork;
import tools.jackson.databind.JsonNode;

/** The life of a port as a server's NIC: attached, bound, active, given back. */
final class ServerPortsTest {
    @RegisterExtension
    static final NetworkApi api = new NetworkApi();

    private final ServerPorts serverPorts = new ServerPorts(new Random(1));
    private final ServicePorts servicePorts = new ServicePorts(new Random(2));
    private final Bindings bindings = new Bindings();
    private final RestingAddresses resting = new RestingAddresses();
    private final ServerId server = ServerId.random();
    private final HostId host = HostId.random();
    private NetworkId network = NetworkId.random();
    private NetworkId direct = NetworkId.random();

    @BeforeEach
    void makeNetworks() {
        api.clear();
        api.jdbi().useHandle(handle -> {
            handle.execute("truncate server, claim, host cascade");
            handle.execute("insert into host (id, name) values (?, 'compute01')", host.value());
            TestClaims.claim(handle, server, host, NetworkApi.ADMIN.projectId());
        });
        network = NetworkId.parse(api.network("NETWORK0"));
        direct = NetworkId.parse(api.network(
                "NETWORK1",
                "'provider:network_type': 'vlan'",
                "'provider:physical_network': 'sriovnet0'",
                "'provider:segmentation_id': 2401"));
        api.subnet(network.toString(), "10.0.0.0/24", "'dns_nameservers': ['10.0.0.1']");
        api.subnet(direct.toString(), "10.1.0.0/24", "'gateway_ip': null", "'enable_dhcp': false");
    }

    @Test
    void portsBecomeNicsInTheOrderAskedFor() {
        PortId nic0 = port(network, "'name': 'vm_nic0'");
        PortId nic1 = port(direct, "'name': 'vm_nic1'", "'binding:vnic_type': 'direct'");
        List<AttachedPort> nics = attach(new NicRequest.ByPort(nic1), new NicRequest.ByPort(nic0));
        assertThat(nics).extracting(AttachedPort::port).containsExactly(nic1, nic0);
        AttachedPort nic = nics.getFirst();
        assertThat(nic.vnicType()).isEqualTo(VnicType.DIRECT);
        assertThat(nic.networkName()).isEqualTo("NETWORK1");
        assertThat(nic.physicalNetwork()).isEqualTo("sriovnet0");
        assertThat(nic.vlan()).contains(2401);
        assertThat(nic.mtu()).isEqualTo(9000);
        assertThat(nic.addresses().getFirst().gateway()).isEmpty();
        assertThat(show(nic1).path("binding:vif_type").asString()).isEqualTo("unbound");
        assertThat(nics.get(1).addresses().getFirst().nameServers()).containsExactly("10.0.0.1");
        assertThat(nics.get(1).addresses().getFirst().dhcp()).isTrue();
        assertThat(nics.get(1).securityGroups().getFirst().name()).isEqualTo("default");
        JsonNode shown = show(nic0);
        assertThat(shown.path("device_id").asString()).isEqualTo(server.toString());
        assertThat(shown.path("device_owner").asString()).isEqualTo("compute:");
    }

    @Test
    void aNetworkGetsAPortThatGoesWithTheServer() {
        List<AttachedPort> nics = attach(new NicRequest.ByNetwork(network, Optional.of("10.0.0.42")));
        assertThat(nics.getFirst().addresses().getFirst().address()).isEqualTo("10.0.0.42");
        assertThat(nics.getFirst().madeForServer()).isTrue();
        use(handle -> {
            serverPorts.detach(handle, server);
            return serverPorts.of(handle, List.of(server));
        });
        assertThat(api.get("/v2.0/ports").expect(200, "ports")).isEmpty();
    }

    @Test
    void aBoundPortShowsItsBindingAndLosesItWithTheServer() {
        PortId nic0 = port(network);
        PortId nic1 = port(direct, "'binding:vnic_type': 'direct'", "'binding:profile': {'trusted': 'false'}");
        attach(new NicRequest.ByPort(nic0), new NicRequest.ByPort(nic1));
        use(handle -> {
            bindings.bindNormal(handle, nic0, host, "compute01", "rack0");
            bindings.bindDirect(
                    handle,
                    nic1,
                    host,
                    "compute01",
                    "rack0",
                    Map.of("pci_slot", "0000:81:04.7", "physical_network", "sriovnet0"));
            return true;
        });
        JsonNode normal = show(nic0);
        assertThat(normal.path("status").asString()).isEqualTo("BUILD");
        assertThat(normal.path("device_owner").asString()).isEqualTo("compute:rack0");
        assertThat(normal.path("binding:vif_type").asString()).isEqualTo("bridge");
        assertThat(normal.path("binding:vif_details").path("port_filter").asBoolean(true))
                .isFalse();
        JsonNode shown = show(nic1);
        assertThat(shown.path("binding:vif_type").asString()).isEqualTo("hw_veb");
        assertThat(shown.path("binding:vif_details").path("vlan").asString()).isEqualTo("2401");
        assertThat(shown.path("binding:profile").path("pci_slot").asString()).isEqualTo("0000:81:04.7");
        assertThat(shown.path("binding:profile").path("trusted").asString()).isEqualTo("false");
        assertThat(shown.path("binding:host_id").asString()).isEqualTo("compute01");

        use(handle -> {
            bindings.markActive(handle, nic1);
            return true;
        });
        assertThat(show(nic1).path("status").asString()).isEqualTo("ACTIVE");

        use(handle -> {
            serverPorts.detach(handle, server);
            return true;
        });
        JsonNode free = show(nic1);
        assertThat(free.path("status").asString()).isEqualTo("DOWN");
        assertThat(free.path("device_id").asString()).isEmpty();
        assertThat(free.path("device_owner").asString()).isEmpty();
        assertThat(free.path("binding:vif_type").asString()).isEqualTo("unbound");
        assertThat(free.path("binding:profile").has("pci_slot")).isFalse();
        assertThat(free.path("binding:profile").has("trusted")).isTrue();
        assertThat(free.path("binding:host_id").asString()).isEmpty();
    }

    @Test
    void aPortThatIsNobodysNicCannotBeBound() {
        PortId loose = port(network);
        assertThatThrownBy(() -> use(handle -> {
                    bindings.bindNormal(handle, loose, host, "compute01", "rack0");
                    return true;
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Port " + loose + " is not attached to a server, so it cannot be bound.");
    }

    @Test
    void whatAServerHasIsNeitherDeletedNorChangedUnderIt() {
        PortId nic = port(network);
        attach(new NicRequest.ByPort(nic));
        String path = "/v2.0/ports/" + nic;
        String inUse = "Port " + nic + " is in use by server " + server
                + "; it is free when that server is deleted and gone from its host.";
        api.delete(path).expectFault(409, "PortInUse", inUse);
        api.put(path, "{'port': {'device_id': ''}}").expectFault(409, "PortInUse", inUse);
        api.put(path, "{'port': {'binding:profile': {}}}").expectFault(409, "PortInUse", inUse);
        String mac = show(nic).path("mac_address").asString();
        api.put(path, "{'port': {'mac_address': 'fa:16:3e:00:00:09'}}")
                .expectFault(
                        409,
                        "PortBound",
                        "Unable to complete operation on port " + nic
                                + ", port is already bound, port type: unbound, old_mac " + mac
                                + ", new_mac fa:16:3e:00:00:09.");
        assertThat(api.put(path, "{'port': {'binding:vnic_type': 'direct'}}").status())
                .isEqualTo(409);
        assertThat(api.put(path, "{'port': {'admin_state_up': false}}").status())
                .isEqualTo(409);
        api.put(path, "{'port': {'name': 'renamed'}}").expect(200, "port");
    }

    @Test
    void aDeviceIdWrittenByHandMakesNoNic() {
        port(network, "'device_id': '" + server + "'", "'device_owner': 'compute:rack0'");
        assertThat(nics()).isEmpty();
    }

    @Test
    void refusalsAreThoseOfTheComputeApi() {
        PortId used = port(network);
        attach(new NicRequest.ByPort(used));
        PortId none = PortId.random();
        refused(new NicRequest.ByPort(none), Problem.Kind.BAD_REQUEST, "Port " + none + " could not be found.");
        refused(new NicRequest.ByPort(used), Problem.Kind.CONFLICT, "Port " + used + " is still in use.");
        NetworkId nowhere = NetworkId.random();
        refused(
                new NicRequest.ByNetwork(nowhere, Optional.empty()),
                Problem.Kind.BAD_REQUEST,
                "Network " + nowhere + " could not be found.");
        NetworkId bare = NetworkId.parse(api.network("bare"));
        refused(
                new NicRequest.ByNetwork(bare, Optional.empty()),
                Problem.Kind.BAD_REQUEST,
                "Network " + bare + " requires a subnet in order to boot instances on.");
        refused(
                new NicRequest.ByNetwork(network, Optional.of("10.9.0.1")),
                Problem.Kind.BAD_REQUEST,
                "Fixed IP address 10.9.0.1 is not a valid ip address for network " + network + ".");
        refused(
                new NicRequest.ByNetwork(network, Optional.of("10.0.0.2")),
                Problem.Kind.CONFLICT,
                "Fixed IP address 10.0.0.2 is already in use on network " + network + ".");
        PortId down = port(network, "'admin_state_up': false");
        refused(
                new NicRequest.ByPort(down),
                Problem.Kind.BAD_REQUEST,
                "Port " + down
                        + " is administratively down; set admin_state_up of the port to true before you use it.");
        PortId free = port(network);
        assertThatThrownBy(() -> use(handle -> serverPorts.attach(
                        handle,
                        NetworkApi.access(NetworkApi.MEMBER),
                        ServerId.random(),
                        List.of(new NicRequest.ByPort(free)),
                        List.of())))
                .hasMessage("Port " + free + " could not be found.");
        assertThatThrownBy(() -> use(handle -> serverPorts.attach(
                        handle,
                        NetworkApi.access(NetworkApi.ADMIN),
                        ServerId.random(),
                        List.of(new NicRequest.ByPort(free), new NicRequest.ByPort(free)),
                        List.of())))
                .hasMessage("Port " + free + " is still in use.");
        assertThatThrownBy(() -> use(handle -> serverPorts.attach(
                        handle,
                        NetworkApi.access(NetworkApi.ADMIN),
                        ServerId.random(),
                        List.of(new NicRequest.ByNetwork(network, Optional.empty())),
                        List.of("nogroup"))))
                .hasMessage("Security group nogroup not found.");
        // Nothing half-made: what the refused creates began is gone.
        assertThat(api.get("/v2.0/ports").expect(200, "ports")).hasSize(3);
    }

    @Test
    void ofTwoServersThatWantOnePortOneGetsIt() throws InterruptedException, ExecutionException {
        PortId wanted = port(network);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Boolean> one = threads.submit(() -> wins(wanted));
            Future<Boolean> other = threads.submit(() -> wins(wanted));
            assertThat(one.get() ^ other.get()).isTrue();
        }
    }

    @Test
    void aNetworkIsServedFromOnePortOnAllHosts() {
        bindOn(host);
        HostId other = makeHost("compute02");
        bindOn(other);

        DesiredInterface.ServicePort first = servedFrom(host);
        assertThat(first.addresses()).hasSize(1);
        assertThat(servicePort(other)).contains(first);
        JsonNode shown = show(first.port());
        assertThat(shown.path("device_owner").asString()).isEqualTo("network:dhcp");
        assertThat(shown.path("device_id").asString()).isEqualTo("dhcp-" + network);
        api.delete("/v2.0/ports/" + first.port())
                .expectFault(
                        409,
                        "ServicePortInUse",
                        "Port " + first.port()
                                + " cannot be deleted directly via the port API: has device owner network:dhcp.");
    }

    @Test
    void aSubnetThatComesLaterIsServedAtOnceAndItsHostsAreTold() {
        bindOn(host);
        long before = revision();

        api.subnet(network.toString(), "10.5.0.0/24");

        assertThat(servedFrom(host).addresses())
                .extracting(FixedAddress::cidr)
                .containsExactly("10.0.0.0/24", "10.5.0.0/24");
        assertThat(revision()).isGreaterThan(before);
    }

    @Test
    void dhcpCanBeSwitchedOffAndOnWhileServersAreThere() {
        String subnet =
                show(bindOn(host)).path("fixed_ips").get(0).path("subnet_id").asString();
        DesiredInterface.ServicePort served = servedFrom(host);
        switchDhcp(subnet, false);
        assertThat(servicePort(host)).isEmpty();
        switchDhcp(subnet, true);
        assertThat(servicePort(host)).contains(served);
    }

    @Test
    void dhcpCanBeSwitchedOnForASubnetThatNeverHadIt() {
        String subnet =
                show(port(network)).path("fixed_ips").get(0).path("subnet_id").asString();
        switchDhcp(subnet, false);
        bindOn(host);
        assertThat(servicePort(host)).isEmpty();

        switchDhcp(subnet, true);

        assertThat(servedFrom(host).addresses()).hasSize(1);
    }

    @Test
    void dhcpIsNotSwitchedOnWhereItHasNoAddressLeft() {
        bindOn(host);
        Answer refused = api.post(
                "/v2.0/subnets",
                "{'subnet': {'network_id': '" + network + "', 'ip_version': 4, 'cidr': '10.6.0.0/24',"
                        + " 'allocation_pools': [], 'gateway_ip': null}}");

        refused.expectFault(
                409,
                "IpAddressGenerationFailure",
                "No more IP addresses available on network " + network
                        + ": its DHCP needs one in each subnet that it serves, and none is left. Delete ports that are"
                        + " not in use, widen the allocation pools, or switch DHCP off for the subnet.");
        assertThat(servedFrom(host).addresses()).hasSize(1);
    }

    /** The host's own port of the time before, which goes on until its agent says that it can do without. */
    @Test
    void aHostKeepsThePortOfItsOwnUntilItServesFromAnother() {
        bindOn(host);
        PortId own = port(network);
        String address = show(own).path("fixed_ips").get(0).path("ip_address").asString();
        use(handle -> handle.execute(
                "update port set serves = true, service_host_id = ? where id = ?", host.value(), own.value()));
        assertThat(servedFrom(host).port()).isEqualTo(own);
        List<ServedNetwork> ownStill = List.of(new ServedNetwork(network, List.of(address)));

        assertThat(served(ownStill)).as("told anew from where to serve").isTrue();
        DesiredInterface.ServicePort shared = servedFrom(host);
        assertThat(shared.port()).isNotEqualTo(own);
        assertThat(served(ownStill)).isFalse();
        show(own);

        served(List.of(
                new ServedNetwork(network, List.of(shared.addresses().getFirst().address()))));
        api.get("/v2.0/ports/" + own).expectFault(404, "PortNotFound", "Port " + own + " could not be found.");
    }

    @Test
    void theServicePortGoesWithItsNetwork() {
        PortId nic = bindOn(host);
        use(handle -> {
            serverPorts.detach(handle, server);
            return true;
        });
        assertThat(api.delete("/v2.0/ports/" + nic).status()).isEqualTo(204);
        assertThat(api.delete("/v2.0/networks/" + network).status()).isEqualTo(204);
    }

    @Test
    void aChangeOfASubnetReachesTheHostsThatCarryIt() {
        PortId nic = port(network);
        attach(new NicRequest.ByPort(nic));
        use(handle -> {
            bindings.bindNormal(handle, nic, host, "compute01", "rack0");
            return true;
        });
        long before = revision();
        String subnet = show(nic).path("fixed_ips").get(0).path("subnet_id").asString();
        api.put("/v2.0/subnets/" + subnet, "{'subnet': {'dns_nameservers': ['10.0.0.3']}}")
                .expect(200, "subnet");
        assertThat(revision()).isEqualTo(before + 1);
    }

    @Test
    void anAddressThatAGuestMayStillUseIsNobodysUntilItsHostWasToldAndTheLeaseIsOver() {
        PortId nic = running();
        long before = revision();
        readdress(nic, "10.0.0.99").expect(200, "port");
        assertThat(addresses(nic)).containsExactly("10.0.0.99");
        assertThat(attached(nic)).containsExactly("10.0.0.99");
        assertThat(revision()).isEqualTo(before + 1);

        later(Duration.ofDays(30));
        expectAtRest("10.0.0.50");
        told(before);
        expectAtRest("10.0.0.50");
        told(before + 1);
        later(RestingAddresses.REST.minusMinutes(1));
        expectAtRest("10.0.0.50");
        later(Duration.ofMinutes(2));
        expectFree(1);
        assertThat(addresses(port(network, "'fixed_ips': [{'ip_address': '10.0.0.50'}]")))
                .containsExactly("10.0.0.50");
    }

    @Test
    void aPortMayHaveAnAddressBackThatItGaveUp() {
        PortId nic = running();
        readdress(nic, "10.0.0.99").expect(200, "port");
        readdress(nic, "10.0.0.50").expect(200, "port");
        assertThat(addresses(nic)).containsExactly("10.0.0.50");
        expectAtRest("10.0.0.99");
        told(revision());
        later(Duration.ofDays(2));
        expectFree(1);
        assertThat(addresses(nic)).containsExactly("10.0.0.50");
    }

    @Test
    void addressesThatRestAreFreeWithoutTheServer() {
        PortId nic = running();
        readdress(nic, "10.0.0.99").expect(200, "port");
        use(handle -> {
            serverPorts.detach(handle, server);
            return true;
        });
        assertThat(addresses(nic)).containsExactly("10.0.0.99");
        assertThat(addresses(port(network, "'fixed_ips': [{'ip_address': '10.0.0.50'}]")))
                .containsExactly("10.0.0.50");
    }

    @Test
    void addressesOfAPortThatIsOnNoHostRestUntilTheNextLook() {
        PortId nic = port(network, "'fixed_ips': [{'ip_address': '10.0.0.50'}]");
        attach(new NicRequest.ByPort(nic));
        readdress(nic, "10.0.0.99").expect(200, "port");
        expectFree(1);
    }

    @Test
    void onePortCannotUseUpASubnetByChangingItsAddress() {
        PortId nic = running();
        for (int host = 90; host < 95; host++) {
            readdress(nic, "10.0.0." + host).expect(200, "port");
        }
        readdress(nic, "10.0.0.95")
                .expectFault(
                        409,
                        "AddressesAtRest",
                        "Port " + nic
                                + " has given up 5 addresses that its guest may still use; fixed_ips can change again 25 hours after"
                                + " they were given up, or to one of those.");
        assertThat(addresses(nic)).containsExactly("10.0.0.94");
        readdress(nic, "10.0.0.50").expect(200, "port");
        assertThat(addresses(nic)).containsExactly("10.0.0.50");
    }

    @Test
    void aSubnetStaysWhileAGuestMayUseAnAddressOfIt() {
        PortId nic = running();
        String subnet = show(nic).path("fixed_ips").get(0).path("subnet_id").asString();
        api.put("/v2.0/ports/" + nic, "{'port': {'fixed_ips': []}}").expect(200, "port");
        api.delete("/v2.0/subnets/" + subnet)
                .expectFault(
                        409,
                        "SubnetInUse",
                        "Unable to complete operation on subnet " + subnet
                                + ": One or more ports have an IP allocation from this"
                                + " subnet, or gave one up that a guest may still use.");
    }

    /** A NIC of a server on the host, with 10.0.0.50. */
    private PortId running() {
        PortId nic = port(network, "'fixed_ips': [{'ip_address': '10.0.0.50'}]");
        attach(new NicRequest.ByPort(nic));
        use(handle -> {
            bindings.bindNormal(handle, nic, host, "compute01", "rack0");
            return true;
        });
        return nic;
    }

    private Answer readdress(PortId nic, String address) {
        return api.put("/v2.0/ports/" + nic, "{'port': {'fixed_ips': [{'ip_address': '" + address + "'}]}}");
    }

    private List<String> addresses(PortId nic) {
        List<String> addresses = new ArrayList<>();
        show(nic)
                .path("fixed_ips")
                .forEach(one -> addresses.add(one.path("ip_address").asString()));
        return addresses;
    }

    /** What the server's host is told. */
    private List<String> attached(PortId nic) {
        return use(handle -> serverPorts.of(handle, List.of(server))).stream()
                .filter(one -> one.port().equals(nic))
                .flatMap(one -> one.addresses().stream())
                .map(FixedAddress::address)
                .toList();
    }

    private void told(long revision) {
        api.jdbi().useHandle(handle -> handle.execute("update host set told_revision = ?", revision));
        expectFree(0);
    }

    private void later(Duration time) {
        api.jdbi()
                .useHandle(handle -> handle.execute(
                        "update ip_allocation set given_up_at = given_up_at - make_interval(secs => ?)",
                        time.toSeconds()));
    }

    private void expectFree(int addresses) {
        api.jdbi()
                .useTransaction(handle -> assertThat(resting.follow(handle, 10)).isEqualTo(addresses));
    }

    private void expectAtRest(String address) {
        expectFree(0);
        Answer answer = api.post(
                "/v2.0/ports",
                "{'port': {'network_id': '" + network + "', 'fixed_ips': [{'ip_address': '" + address + "'}]}}");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body().path("NeutronError").path("type").asString()).isEqualTo("IpAddressAlreadyAllocated");
    }

    @Test
    void networksAServerCouldBeOnAreTheProjectsOwnAndShared() {
        Caller member = NetworkApi.MEMBER;
        assertThat(usable(member)).isEmpty();
        api.put("/v2.0/networks/" + network, "{'network': {'shared': true}}").expect(200, "network");
        assertThat(usable(member)).containsExactly(network);
    }

    private boolean wins(PortId wanted) {
        try {
            use(handle -> serverPorts.attach(
                    handle,
                    NetworkApi.access(NetworkApi.ADMIN),
                    ServerId.random(),
                    List.of(new NicRequest.ByPort(wanted)),
                    List.of()));
            return true;
        } catch (ProblemException lost) {
            assertThat(lost).hasMessage("Port " + wanted + " is still in use.");
            return false;
        }
    }

    private void refused(NicRequest request, Problem.Kind kind, String sentence) {
        assertThatThrownBy(() -> use(handle -> serverPorts.attach(
                        handle, NetworkApi.access(NetworkApi.ADMIN), ServerId.random(), List.of(request), List.of())))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refusal -> assertThat(refusal.problem().kind()).isEqualTo(kind))
                .hasMessage(sentence);
    }

    private List<AttachedPort> attach(NicRequest... requests) {
        return use(handle ->
                serverPorts.attach(handle, NetworkApi.access(NetworkApi.ADMIN), server, List.of(requests), List.of()));
    }

    /** Puts a server with a port of its own on the network and the host. */
    private PortId bindOn(HostId on) {
        PortId nic = port(network);
        use(handle -> {
            servicePorts.ensure(handle, List.of(network));
            return true;
        });
        attach(new NicRequest.ByPort(nic));
        use(handle -> {
            bindings.bindNormal(handle, nic, on, "compute01", "rack0");
            return true;
        });
        return nic;
    }

    /** A host on which the server is to be as well. */
    private HostId makeHost(String name) {
        HostId made = HostId.random();
        use(handle -> handle.execute("insert into host (id, name) values (?, ?)", made.value(), name));
        use(handle -> handle.execute("""
                insert into claim (server_id, host_id, role, generation, vcpus, memory_mib, disk_gib)
                values (?, ?, 'incoming', 2, 1, 1, 1)""", server.value(), made.value()));
        return made;
    }

    private static void switchDhcp(String subnet, boolean on) {
        api.put("/v2.0/subnets/" + subnet, "{'subnet': {'enable_dhcp': " + on + "}}")
                .expect(200, "subnet");
    }

    private boolean served(List<ServedNetwork> networks) {
        return use(handle -> ServicePorts.served(handle, host, networks));
    }

    private DesiredInterface.ServicePort servedFrom(HostId on) {
        return servicePort(on).orElseThrow(() -> new AssertionError("the network is not served"));
    }

    /** From where a host that has the network answers it. */
    private Optional<DesiredInterface.ServicePort> servicePort(HostId on) {
        return use(handle -> HostSegments.of(handle, on, List.of(network)))
                .getFirst()
                .servicePort();
    }

    private List<AttachedPort> nics() {
        return use(handle -> serverPorts.of(handle, List.of(server)));
    }

    private List<NetworkId> usable(Caller caller) {
        return use(handle -> serverPorts.usableNetworks(handle, caller.projectId()));
    }

    private long revision() {
        return use(handle -> handle.createQuery("select desired_revision from host where id = :id")
                .bind("id", host.value())
                .mapTo(Long.class)
                .one());
    }

    private static PortId port(NetworkId network, String... attributes) {
        return PortId.parse(api.port(network.toString(), attributes).path("id").asString());
    }

    private static JsonNode show(PortId port) {
        return api.get("/v2.0/ports/" + port).expect(200, "port");
    }

    private static <T> T use(Function<Handle, T> work) {
        return api.jdbi().inTransaction(work::apply);
    }

    /** Told before the change and named by nobody, its guest would keep the old name server for ever. */
    @Test
    void aSubnetThatChangesWaitsForServersOnTheirWayToIt() throws Exception {
        String subnet = api.get("/v2.0/subnets?network_id=" + network)
                .expect(200, "subnets")
                .get(0)
                .path("id")
                .asString();
        PortId nic = port(network, "'name': 'on its way'");
        List<AttachedPort> _ = attach(new NicRequest.ByPort(nic));
        Future<?> change;
        try (ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
            try (Handle boot = api.jdbi().open()) {
                boot.begin();
                NetworkGate.come(boot, List.of(network));
                change = client.submit(
                        () -> api.put("/v2.0/subnets/" + subnet, "{'subnet': {'dns_nameservers': ['10.0.0.9']}}")
                                .expect(200, "subnet"));
                awaitWaiting(1);
                bindings.bindNormal(boot, nic, host, "compute01", "rack0");
                boot.commit();
            }
            change.get(20, TimeUnit.SECONDS);
        }
        List<NetworkId> told =
                use(handle -> Hosts.changedSince(handle, host, 0)).networks();
        assertThat(told).contains(network);
    }

    /** A stream of boots must not keep an operator from changing a name server. */
    @Test
    void serversThatComeAfterASubnetsChangeWaitForIt() throws Exception {
        String subnet = api.get("/v2.0/subnets?network_id=" + network)
                .expect(200, "subnets")
                .get(0)
                .path("id")
                .asString();
        BlockingQueue<String> order = new LinkedBlockingQueue<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
                Handle first = api.jdbi().open()) {
            first.begin();
            NetworkGate.come(first, List.of(network));
            Future<?> change = clients.submit(() -> {
                api.put("/v2.0/subnets/" + subnet, "{'subnet': {'name': 'changed'}}")
                        .expect(200, "subnet");
                return order.add("change");
            });
            awaitWaiting(1);
            Future<?> second = clients.submit(() -> {
                use(handle -> {
                    NetworkGate.come(handle, List.of(network));
                    return handle.createQuery("select name from subnet where id = cast(:id as uuid)")
                            .bind("id", subnet)
                            .mapTo(String.class)
                            .map(order::add)
                            .one();
                });
                return true;
            });
            awaitWaiting(2);
            first.commit();
            change.get(20, TimeUnit.SECONDS);
            second.get(20, TimeUnit.SECONDS);
        }
        // It comes in behind the change, and finds the subnet as that has left it.
        assertThat(order).containsExactlyInAnyOrder("change", "changed");
    }

    @Test
    void theMtuOfANetworkWaitsForServersOnTheirWayToItAndIsRefusedThen() throws Exception {
        PortId nic = port(network, "'name': 'on its way'");
        List<AttachedPort> _ = attach(new NicRequest.ByPort(nic));
        Future<NetworkApi.Answer> change;
        try (ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
            try (Handle boot = api.jdbi().open()) {
                boot.begin();
                NetworkGate.come(boot, List.of(network));
                change = client.submit(() -> api.put("/v2.0/networks/" + network, "{'network': {'mtu': 1400}}"));
                awaitWaiting(1);
                bindings.bindNormal(boot, nic, host, "compute01", "rack0");
                boot.commit();
            }
            assertThat(change.get(20, TimeUnit.SECONDS).status()).isEqualTo(409);
        }
        assertThat(api.get("/v2.0/networks/" + network)
                        .expect(200, "network")
                        .path("mtu")
                        .asInt())
                .isEqualTo(1500);
    }

    private static void awaitWaiting(int clients) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> api.jdbi()
                                .withHandle(handle -> handle.createQuery(
                                                "select count(distinct pid) from pg_locks where not granted")
                                        .mapTo(Integer.class)
                                        .one())
                        >= clients);
    }

    @Test
    void onANetworkOfOthersAServerTakesTheAddressItIsGiven() {
        api.put("/v2.0/networks/" + network, "{'network': {'shared': true}}").expect(200, "network");
        for (String address : new String[] {"10.0.0.1", "10.0.0.77"}) {
            assertThatThrownBy(() -> use(handle -> serverPorts.attach(
                            handle,
                            NetworkApi.access(NetworkApi.MEMBER),
                            server,
                            List.of(new NicRequest.ByNetwork(network, Optional.of(address))),
                            List.of())))
                    .hasMessage("rule:create_port:fixed_ips:ip_address is disallowed by policy");
        }
        List<AttachedPort> given = use(handle -> serverPorts.attach(
                handle,
                NetworkApi.access(NetworkApi.MEMBER),
                server,
                List.of(new NicRequest.ByNetwork(network, Optional.empty())),
                List.of()));
        assertThat(given).hasSize(1);
    }

    @Test
    void whatAnOperatorForbidsAtTheNetworkApiIsForbiddenByWayOfAServer() {
        NicRequest chosen = new NicRequest.ByNetwork(network, Optional.of("10.0.0.77"));
        NicRequest any = new NicRequest.ByNetwork(network, Optional.empty());
        disallowed("create_port:fixed_ips:ip_address", "!", NetworkApi.ADMIN, chosen);
        disallowed("create_port:fixed_ips", "!", NetworkApi.ADMIN, chosen);
        disallowed("create_port", "!", NetworkApi.ADMIN, any);
        assertThat(attach(NetworkApi.access(NetworkApi.ADMIN, Map.of("create_port:fixed_ips", "!")), any))
                .hasSize(1);
    }

    @Test
    void whatAnOperatorAllowsAtTheNetworkApiIsAllowedByWayOfAServer() {
        NicRequest chosen = new NicRequest.ByNetwork(network, Optional.of("10.0.0.77"));
        assertThatThrownBy(() -> attach(NetworkApi.access(NetworkApi.MEMBER), chosen))
                .hasMessage("Network " + network + " could not be found.");
        Map<String, String> trusting = Map.of(
                "get_network", "role:member",
                "create_port:fixed_ips", "role:member",
                "create_port:fixed_ips:ip_address", "role:member");
        assertThat(attach(NetworkApi.access(NetworkApi.MEMBER, trusting), chosen))
                .hasSize(1);
    }

    @Test
    void externalNetworksAreForThoseWhomTheRuleNames() {
        api.put("/v2.0/networks/" + network, "{'network': {'router:external': true}}")
                .expect(200, "network");
        NicRequest any = new NicRequest.ByNetwork(network, Optional.empty());
        assertThatThrownBy(() -> attach(NetworkApi.access(NetworkApi.MEMBER), any))
                .hasMessage("It is not allowed to create an interface on external network " + network);
        assertThat(attach(
                        NetworkApi.access(NetworkApi.MEMBER, Map.of("network:attach_external_network", "role:member")),
                        any))
                .hasSize(1);
    }

    private void disallowed(String rule, String check, Caller caller, NicRequest request) {
        assertThatThrownBy(() -> attach(NetworkApi.access(caller, Map.of(rule, check)), request))
                .hasMessage("rule:" + rule + " is disallowed by policy");
    }

    private List<AttachedPort> attach(Access access, NicRequest request) {
        return use(handle -> serverPorts.attach(handle, access, server, List.of(request), List.of()));
    }

    @Test
    void theEdgesOfASubnetAreNoServers() {
        for (String address : new String[] {"10.0.0.0", "10.0.0.255"}) {
            refused(
                    new NicRequest.ByNetwork(network, Optional.of(address)),
                    Problem.Kind.BAD_REQUEST,
                    "Fixed IP address " + address + " is not a valid ip address for network " + network + ".");
        }
    }

    @Test
    void aServicePortIsClosed() {
        bindOn(host);
        PortId port = servedFrom(host).port();
        for (String change : new String[] {
            "'mac_address': 'fa:16:3e:00:00:07'",
            "'fixed_ips': []",
            "'binding:vnic_type': 'direct'",
            "'device_id': ''",
            "'device_owner': ''",
            "'admin_state_up': false"
        }) {
            String attribute = change.substring(1, change.indexOf("': "));
            api.put("/v2.0/ports/" + port, "{'port': {" + change + "}}")
                    .expectFault(
                            409,
                            "ServicePortInUse",
                            "Port " + port
                                    + " serves DHCP and metadata of its network; only its name and description can"
                                    + " be changed, not " + attribute + ".");
        }
        api.put("/v2.0/ports/" + port, "{'port': {'name': 'dhcp'}}").expect(200, "port");
        // As it would be if its device had been emptied before that was refused.
        use(handle -> handle.execute("update port set device_id = '', device_owner = '' where id = ?", port.value()));
        refused(new NicRequest.ByPort(port), Problem.Kind.CONFLICT, "Port " + port + " is still in use.");
        assertThat(api.delete("/v2.0/ports/" + port).status()).isEqualTo(409);
    }

    @Test
    void guestsAreToldNoNameServerThatIsNone() {
        String subnet = api.subnet(network.toString(), "10.6.0.0/24", "'dns_nameservers': ['0.0.0.0', '10.0.0.9']");
        assertThat(api.get("/v2.0/subnets/" + subnet)
                        .expect(200, "subnet")
                        .path("dns_nameservers")
                        .get(0)
                        .asString())
                .isEqualTo("0.0.0.0");
        List<AttachedPort> nics = attach(new NicRequest.ByNetwork(network, Optional.of("10.6.0.5")));
        assertThat(nics.getFirst().addresses().getFirst().nameServers()).containsExactly("10.0.0.9");
    }
}
