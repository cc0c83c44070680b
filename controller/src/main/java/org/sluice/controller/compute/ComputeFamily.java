package org.sluice.controller.compute;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.sluice.controller.compute.action.ActionRoutes;
import org.sluice.controller.compute.action.HostConsoles;
import org.sluice.controller.compute.aggregate.AggregateRoutes;
import org.sluice.controller.compute.attachment.AttachmentRoutes;
import org.sluice.controller.compute.boot.BootRoutes;
import org.sluice.controller.compute.evacuation.EvacuationRoutes;
import org.sluice.controller.compute.extension.ExtensionRoutes;
import org.sluice.controller.compute.flavor.FlavorRoutes;
import org.sluice.controller.compute.hypervisor.HypervisorRoutes;
import org.sluice.controller.compute.instanceaction.InstanceActionRoutes;
import org.sluice.controller.compute.keypair.KeyPairRoutes;
import org.sluice.controller.compute.limit.LimitRoutes;
import org.sluice.controller.compute.lock.LockRoutes;
import org.sluice.controller.compute.metadata.MetadataRoutes;
import org.sluice.controller.compute.migration.MigrationRoutes;
import org.sluice.controller.compute.power.PowerRoutes;
import org.sluice.controller.compute.rebuild.RebuildRoutes;
import org.sluice.controller.compute.rescue.RescueRoutes;
import org.sluice.controller.compute.resize.ResizeRoutes;
import org.sluice.controller.compute.server.ServerDeletion;
import org.sluice.controller.compute.server.ServerRoutes;
import org.sluice.controller.compute.server.WholeServers;
import org.sluice.controller.compute.service.ServiceRoutes;
import org.sluice.controller.compute.shelve.ShelveRoutes;
import org.sluice.controller.compute.snapshot.BackupRoutes;
import org.sluice.controller.compute.snapshot.SnapshotRoutes;
import org.sluice.controller.compute.state.StateRoutes;
import org.sluice.controller.compute.tag.TagRoutes;
import org.sluice.controller.compute.version.Versions;
import org.sluice.controller.compute.wire.ComputeFaults;
import org.sluice.controller.compute.wire.ComputePages;
import org.sluice.controller.compute.wire.ComputeWording;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Microversion;
import org.sluice.controller.compute.zone.ZoneRoutes;
import org.sluice.controller.http.Absent;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.Wording;
import org.sluice.controller.http.list.PageStyle;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.operation.Evacuations;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.operation.Resizes;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;

/**
 * The Compute API v2.1 with microversions 2.1 to 2.96, at {@code /compute/v2.1} (OpenStack API reference, "Compute API").
 * Thread-safe; any number of controllers serve it from one database.
 */
public final class ComputeFamily implements ApiFamily {
    private static final String REQUEST_ID = "x-openstack-request-id";

    private final ComputeFaults faults = new ComputeFaults();
    private final ComputeWording wording = new ComputeWording();
    private final ComputePages pages = new ComputePages();
    private final List<ResourceRoutes> resources;

    /**
     * Wires the API.
     *
     * @param database where everything is
     * @param ports the servers' NICs
     * @param scheduling gives servers their place
     * @param operations long work on servers
     * @param consoles asks hosts for console output
     * @param clock time of creation and of changes
     * @param random reservation ids
     */
    public ComputeFamily(
            Database database,
            ServerPorts ports,
            Scheduling scheduling,
            Operations operations,
            HostConsoles consoles,
            InstantSource clock,
            RandomGenerator random) {
        Transactions transactions = new Transactions(database.jdbi());
        ServerDeletion deletion = new ServerDeletion(transactions, scheduling);
        WholeServers whole = new WholeServers(ports, clock);
        Resizes resizes = new Resizes(operations, scheduling);
        this.resources = List.of(
                new Versions(),
                new ServerRoutes(transactions, whole, deletion, clock),
                new BootRoutes(transactions, ports, scheduling, clock, random),
                new PowerRoutes(transactions, clock),
                new RebuildRoutes(transactions, whole, clock),
                new ResizeRoutes(transactions, resizes, clock),
                new SnapshotRoutes(transactions, clock),
                new BackupRoutes(transactions, clock),
                new EvacuationRoutes(transactions, new Evacuations(operations, scheduling), clock),
                new RescueRoutes(transactions, clock),
                new ShelveRoutes(transactions, scheduling, clock),
                new LockRoutes(transactions),
                new StateRoutes(transactions, operations),
                new ActionRoutes(transactions, deletion, consoles),
                new MetadataRoutes(transactions, clock),
                new AttachmentRoutes(transactions, ports, scheduling, clock),
                new InstanceActionRoutes(transactions),
                new TagRoutes(transactions),
                new FlavorRoutes(transactions),
                new KeyPairRoutes(transactions, clock),
                new AggregateRoutes(transactions, clock),
                new ZoneRoutes(transactions, clock),
                new HypervisorRoutes(transactions, clock),
                new ServiceRoutes(transactions, scheduling, clock),
                new LimitRoutes(transactions),
                new ExtensionRoutes(),
                new MigrationRoutes(transactions, resizes, clock));
    }

    @Override
    public String mount() {
        return Links.MOUNT;
    }

    @Override
    public void routes(Routes routes) {
        resources.forEach(resource -> resource.routes(routes));
    }

    @Override
    public Faults faults() {
        return faults;
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
    public int minorVersion(Exchange exchange) {
        return Microversion.of(exchange).minor();
    }

    @Override
    public List<Absent> absences() {
        return ComputeAbsences.ALL;
    }

    @Override
    public Optional<String> title() {
        return Optional.of("Compute API");
    }

    @Override
    public String version() {
        return Microversion.LATEST.toString();
    }

    @Override
    public Reply finish(Exchange exchange, Reply reply) {
        Reply finished =
                reply.withHeader("x-compute-request-id", reply.headers().get(REQUEST_ID));
        if (reply.status() == 401) {
            return finished.withHeader("WWW-Authenticate", "Keystone uri=\"" + exchange.baseUrl() + "/identity\"");
        }
        String answered = Microversion.requested(exchange)
                .map(asked -> asked.equals("latest") ? Microversion.LATEST.toString() : asked)
                .orElse(Microversion.FIRST.toString());
        // A version that is not offered is echoed, as nova does; text that is no version is not.
        if (!Microversion.isWellFormed(answered)) {
            return finished;
        }
        return finished.withHeader("OpenStack-API-Version", "compute " + answered)
                .withHeader("X-OpenStack-Nova-API-Version", answered)
                .withHeader("Vary", "OpenStack-API-Version, X-OpenStack-Nova-API-Version");
    }
}
