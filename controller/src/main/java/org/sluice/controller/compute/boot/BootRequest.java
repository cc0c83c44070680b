package org.sluice.controller.compute.boot;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.controller.compute.server.DiskConfig;
import org.sluice.controller.network.binding.NicRequest;
import org.sluice.model.ImageId;

/**
 * A {@code POST /servers} whose form is right; whether what it names exists is not looked at yet.
 *
 * @param name the server's name; of several servers the stem of their names
 * @param flavor id of the flavor
 * @param image the image
 * @param keyName name of a key pair of the caller
 * @param securityGroups names or ids, as asked for
 * @param networks which NICs it gets
 * @param zone {@code zone} or {@code zone:host}
 * @param userData base64
 * @param hostname name the guest gets, when it is not to be made from the name
 * @param atLeast how many servers there must be for the request to make sense, 1 to {@code count}
 * @param count how many servers
 * @param onlyReservation whether to answer with the reservation instead of the server
 * @param diskConfig shown again as it was given
 */
record BootRequest(
        String name,
        String flavor,
        ImageId image,
        Optional<String> keyName,
        List<String> securityGroups,
        Networks networks,
        Optional<String> zone,
        Optional<String> userData,
        boolean configDrive,
        Map<String, String> metadata,
        Optional<String> description,
        List<String> tags,
        Optional<String> hostname,
        int atLeast,
        int count,
        boolean onlyReservation,
        DiskConfig diskConfig) {
    /** Which NICs a server gets. */
    sealed interface Networks {
        /** The only network of the project; {@code required} makes it an error when there is none. */
        record Only(boolean required) implements Networks {}

        /** No NIC. */
        record None() implements Networks {}

        /** These, in this order. */
        record Listed(List<NicRequest> nics) implements Networks {
            public Listed {
                nics = List.copyOf(nics);
            }
        }
    }

    BootRequest {
        securityGroups = List.copyOf(securityGroups);
        tags = List.copyOf(tags);
    }
}
