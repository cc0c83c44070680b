package org.sluice.cli;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.identity.IdentityBootstrap;
import org.sluice.controller.identity.IdentityFamily;
import org.sluice.controller.identity.Passwords;
import org.sluice.controller.identity.Tokens;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;

/**
 * One controller, put together. It keeps no state: several may run on one database.
 *
 * @param api where the OpenStack APIs listen
 */
record ControllerProcess(InetSocketAddress api) {
    /**
     * Starts a controller.
     *
     * @param database migrated; the caller closes it after the resources
     * @param adminPassword of the user {@code admin}, in force only if the database has no users yet
     * @param listen where the OpenStack APIs shall listen
     * @param resources take everything that must be closed
     */
    static ControllerProcess start(Database database, String adminPassword, Listen listen, Resources resources) {
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        ChangeFeed _ = resources.add("change feed", new ChangeFeed(database));

        Passwords passwords = new Passwords(random);
        Tokens tokens = new Tokens(database, clock, random);
        new IdentityBootstrap(database, passwords).run(adminPassword, adminPassword);

        ApiServer api = resources.add(
                "API listener",
                ApiServer.start(
                        listen.socketAddress(),
                        Optional.empty(),
                        tokens,
                        List.of(new IdentityFamily(database, tokens, passwords))));
        return new ControllerProcess(api.address());
    }
}
