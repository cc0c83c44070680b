package org.sluice.controller.network;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Absent;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.Wording;
import org.sluice.controller.http.list.PageStyle;
import org.sluice.controller.network.agent.AgentRoutes;
import org.sluice.controller.network.availability.AvailabilityRoutes;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.network.extension.ExtensionRoutes;
import org.sluice.controller.network.network.AffectedHosts;
import org.sluice.controller.network.network.NetworkRoutes;
import org.sluice.controller.network.port.PortRoutes;
import org.sluice.controller.network.quota.QuotaRoutes;
import org.sluice.controller.network.securitygroup.SecurityGroupRoutes;
import org.sluice.controller.network.securitygroup.SecurityGroupRules;
import org.sluice.controller.network.securitygrouprule.SecurityGroupRuleRoutes;
import org.sluice.controller.network.subnet.SubnetRoutes;
import org.sluice.controller.network.version.Versions;
import org.sluice.controller.network.wire.NetworkFaults;
import org.sluice.controller.network.wire.NetworkPages;
import org.sluice.controller.network.wire.NetworkWording;
import org.sluice.controller.network.zone.ZoneRoutes;
import org.sluice.controller.store.Transactions;

/** The Network API v2.0 at {@code /network} (OpenStack Networking API reference, v2.0). Thread-safe. */
public final class NetworkFamily implements ApiFamily {
    private final NetworkFaults faults = new NetworkFaults();
    private final NetworkWording wording = new NetworkWording();
    private final NetworkPages pages = new NetworkPages();
    private final List<ResourceRoutes> resources;

    /**
     * Serves networks from that database.
     *
     * @param random where MAC addresses come from; must be thread-safe
     * @param clock tells which agents are alive
     */
    public NetworkFamily(Jdbi jdbi, RandomGenerator random, InstantSource clock) {
        Transactions transactions = new Transactions(jdbi);
        AffectedHosts hosts = new AffectedHosts();
        this.resources = List.of(
                new Versions(),
                new NetworkRoutes(transactions, hosts),
                new SubnetRoutes(transactions, hosts, new ServicePorts(random)::follow),
                new PortRoutes(transactions, hosts, random),
                new SecurityGroupRoutes(transactions, hosts),
                new SecurityGroupRuleRoutes(transactions, SecurityGroupRules.GET),
                new AgentRoutes(transactions, clock),
                new AvailabilityRoutes(transactions),
                new QuotaRoutes(),
                new ExtensionRoutes(),
                new ZoneRoutes());
    }

    @Override
    public String mount() {
        return Versions.MOUNT;
    }

    @Override
    public void routes(Routes routes) {
        resources.forEach(resource -> resource.routes(routes));
    }

    @Override
    public Wording wording() {
        return wording;
    }

    @Override
    public PageStyle pageStyle() {
        return pages;
    }

    @Override
    public List<Absent> absences() {
        return NetworkAbsences.ALL;
    }

    @Override
    public Optional<String> title() {
        return Optional.of("Networking API");
    }

    @Override
    public String version() {
        return "2.0";
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public Reply finish(Exchange exchange, Reply reply) {
        return reply.status() == 401
                ? reply.withHeader("WWW-Authenticate", "Keystone uri=\"" + exchange.baseUrl() + "/identity\"")
                : reply;
    }
}
