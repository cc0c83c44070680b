package org.sluice.model.protocol;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.sluice.model.ImageId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;

/**
 * A server as it should be on one host.
 *
 * @param id the server
 * @param claim which of all claims there ever were of it this one on the host is; reports name it. Empty in what was written before
 *     there was this member
 * @param instanceName name of its libvirt domain, {@code instance-00000007}
 * @param presence whether it should be there at all
 * @param power whether its guest should run; {@link Power#ON} in what was written before there was this member
 * @param hostname name the guest gets from metadata
 * @param name name the tenant gave it
 * @param projectId its project, 32 hexadecimal digits
 * @param userId who created it
 * @param availabilityZone where it was placed
 * @param vcpus virtual processors
 * @param memoryMib memory, MiB
 * @param diskGib size of the root disk, GiB; 0 keeps the image's own size
 * @param image what the root disk starts from
 * @param rootDisk which of its root disks is to be used; {@link RootDisk#FIRST} in what was written before there was this member
 * @param configDrive whether the tenant asked for a config drive
 * @param userData base64 of the user data, if any
 * @param keys SSH public keys by key-pair name
 * @param metadata key-value pairs the tenant set
 * @param interfaces NICs, in the order in which the guest should see them
 * @param launch what the guest may know of the request that created it; empty in what was written before there was this
 *     member
 * @param requestId the request that changed it last, or asked for it to be there or gone, {@code req-...}, for logs and journals;
 *     empty in what was written before there was this member
 * @param globalRequestId what that request's client calls all that it does for one purpose, also {@code req-...}; empty where it
 *     named nothing, and in what was written before there was this member
 * @param diskWish what is wished of its root disk beside that it is there; {@link DiskWish#NONE} in what was written before there
 *     was this member
 */
public record DesiredServer(
        ServerId id,
        Optional<Long> claim,
        String instanceName,
        Presence presence,
        Power power,
        String hostname,
        String name,
        String projectId,
        String userId,
        String availabilityZone,
        int vcpus,
        int memoryMib,
        int diskGib,
        Image image,
        RootDisk rootDisk,
        boolean configDrive,
        Optional<String> userData,
        Map<String, String> keys,
        Map<String, String> metadata,
        List<DesiredInterface> interfaces,
        Optional<Launch> launch,
        Optional<String> requestId,
        Optional<String> globalRequestId,
        DiskWish diskWish) {
    /** Whether a server should exist on the host. */
    public enum Presence {
        /** With disk, NICs and claims; whether its guest runs is {@link DesiredServer#power}. */
        @JsonAlias("RUNNING")
        PRESENT,
        ABSENT
    }

    /**
     * An image, by identity and content.
     *
     * @param diskFormat {@code raw} or {@code qcow2}
     * @param sizeBytes bytes to download
     * @param sha512 checksum of those bytes, 128 lower-case hexadecimal digits
     */
    public record Image(ImageId id, String diskFormat, long sizeBytes, String sha512) {}

    /**
     * Root disks by number. One that grows is a new one on top of the old, which is kept until it is decided which is to stay.
     *
     * @param number the one that is used, from 1; of others that are not kept there may be remains
     * @param kept the one that it is on top of, and that it may be given up for; empty when none is kept
     * @param newest the newest that there ever was: who knows of none as new as there is speaks of an earlier time, and must not have
     *     any given up
     */
    public record RootDisk(int number, Optional<Integer> kept, int newest) {
        /** A server's first, made from its image. */
        public static final RootDisk FIRST = new RootDisk(1, Optional.empty(), 1);

        public RootDisk {
            if (number < 1) {
                throw new IllegalArgumentException(
                        "Root disks are numbered from 1, so there is none with number " + number);
            }
            kept = Objects.requireNonNullElse(kept, Optional.empty());
            newest = Math.max(number, newest);
        }
    }

    /**
     * The request that created a server, as its guest sees it.
     *
     * @param index position among the servers of the request, from 0
     * @param reservationId names the request, {@code r-} and eight characters
     * @param flavorName name of the flavor
     * @param securityGroups names of its NICs' security groups, sorted, each once
     */
    public record Launch(int index, String reservationId, String flavorName, List<String> securityGroups) {
        public Launch {
            securityGroups = List.copyOf(securityGroups);
        }
    }

    public DesiredServer {
        claim = Objects.requireNonNullElse(claim, Optional.empty());
        power = Objects.requireNonNullElse(power, Power.ON);
        rootDisk = Objects.requireNonNullElse(rootDisk, RootDisk.FIRST);
        keys = Map.copyOf(keys);
        metadata = Map.copyOf(metadata);
        interfaces = List.copyOf(interfaces);
        diskWish = Objects.requireNonNullElse(diskWish, DiskWish.NONE);
    }

    /** The same server, for the request that the other was changed for last. */
    public DesiredServer askedLike(DesiredServer other) {
        return with(
                claim,
                power,
                image,
                rootDisk,
                interfaces,
                launch,
                other.requestId(),
                other.globalRequestId(),
                diskWish);
    }

    /** The same server under that claim. */
    public DesiredServer claimed(Optional<Long> other) {
        return with(other, power, image, rootDisk, interfaces, launch, requestId, globalRequestId, diskWish);
    }

    /** Whether the other one is the same server under another claim than this; not known of those that name none. */
    public boolean isClaimedOtherwiseThan(DesiredServer other) {
        return claim.isPresent() && other.claim().isPresent() && !claim.equals(other.claim());
    }

    /** The same server with these NICs, and that to know of its creation. */
    public DesiredServer on(List<DesiredInterface> nics, Optional<Launch> known) {
        return with(claim, power, image, rootDisk, nics, known, requestId, globalRequestId, diskWish);
    }

    /** The same server with these NICs. */
    public DesiredServer wired(List<DesiredInterface> nics) {
        return with(claim, power, image, rootDisk, nics, launch, requestId, globalRequestId, diskWish);
    }

    /** The same server, whose NICs are told without what their segments say. */
    public DesiredServer apart() {
        return wired(interfaces.stream().map(DesiredInterface::apart).toList());
    }

    /** The same server with what those segments say of its NICs; one of a network that is not among them stays what it is. */
    public DesiredServer on(Map<NetworkId, DesiredSegment> segments) {
        return interfaces.stream().anyMatch(nic -> segments.containsKey(nic.network()))
                ? wired(interfaces.stream().map(nic -> on(segments, nic)).toList())
                : this;
    }

    private static DesiredInterface on(Map<NetworkId, DesiredSegment> segments, DesiredInterface nic) {
        return Optional.ofNullable(segments.get(nic.network())).map(nic::on).orElse(nic);
    }

    /** Its NIC of that port, if it has one. */
    public Optional<DesiredInterface> nic(PortId port) {
        return interfaces.stream().filter(nic -> nic.port().equals(port)).findFirst();
    }

    /** Leases of the virtual functions of its NICs. */
    public List<VirtualFunctionLease> leases() {
        return interfaces.stream().flatMap(nic -> nic.leases().stream()).toList();
    }

    /** The same server with other power. */
    public DesiredServer powered(Power other) {
        return with(claim, other, image, rootDisk, interfaces, launch, requestId, globalRequestId, diskWish);
    }

    /**
     * The same server with the NICs of the other one, which runs: what is wanted of them and can be had while it runs comes along
     * ({@link DesiredInterface#toldLike}).
     */
    public DesiredServer wiredLike(DesiredServer running) {
        Map<PortId, DesiredInterface> wanted = new HashMap<>();
        interfaces.forEach(nic -> wanted.put(nic.port(), nic));
        return with(
                claim,
                power,
                image,
                rootDisk,
                running.interfaces().stream()
                        .map(nic -> nic.toldLike(wanted.getOrDefault(nic.port(), nic)))
                        .toList(),
                launch,
                requestId,
                globalRequestId,
                diskWish);
    }

    /** The same server with a root disk from that image. */
    public DesiredServer imaged(Image other) {
        return with(claim, power, other, rootDisk, interfaces, launch, requestId, globalRequestId, diskWish);
    }

    /** The same server with the root disk of the other one. */
    public DesiredServer onDiskOf(DesiredServer other) {
        return with(claim, power, image, other.rootDisk, interfaces, launch, requestId, globalRequestId, diskWish);
    }

    /** The same server with that wished of its root disk. */
    public DesiredServer wishing(DiskWish other) {
        return with(claim, power, image, rootDisk, interfaces, launch, requestId, globalRequestId, other);
    }

    private DesiredServer with(
            Optional<Long> otherClaim,
            Power otherPower,
            Image otherImage,
            RootDisk otherDisk,
            List<DesiredInterface> nics,
            Optional<Launch> otherLaunch,
            Optional<String> request,
            Optional<String> globalRequest,
            DiskWish otherWish) {
        return new DesiredServer(
                id,
                otherClaim,
                instanceName,
                presence,
                otherPower,
                hostname,
                name,
                projectId,
                userId,
                availabilityZone,
                vcpus,
                memoryMib,
                diskGib,
                otherImage,
                otherDisk,
                configDrive,
                userData,
                keys,
                metadata,
                nics,
                otherLaunch,
                request,
                globalRequest,
                otherWish);
    }

    /** How logs name it: its id, and the request that changed it last. */
    public String named() {
        return named(id.toString(), requestId, globalRequestId);
    }

    static String named(String what, Optional<String> requestId, Optional<String> globalRequestId) {
        return requestId
                .map(request -> what + " (" + request
                        + globalRequestId.map(global -> ", global " + global).orElse("") + ")")
                .orElse(what);
    }
}
