package org.sluice.controller.identity;

import java.time.InstantSource;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Database;

/** The Identity API, version 3, under {@code /identity}. See the OpenStack Identity API reference. */
public final class IdentityFamily implements ApiFamily {
    static final String MOUNT = "/identity";

    private final AuthRoutes auth;
    private final DirectoryRoutes directory;
    private final CatalogRoutes catalog = new CatalogRoutes();
    private final Faults faults = new IdentityFaults();

    /** Users and projects are those of the database; tokens are issued and verified by {@code tokens}. */
    public IdentityFamily(Database database, Tokens tokens, Passwords passwords, InstantSource clock) {
        PasswordChecks checks = new PasswordChecks(passwords, clock);
        Directory books = new Directory(database, tokens.revocations(), checks);
        this.auth = new AuthRoutes(database, new Authentication(database, tokens, checks, books), tokens, books);
        this.directory = new DirectoryRoutes(database, books);
    }

    @Override
    public String mount() {
        return MOUNT;
    }

    @Override
    public void routes(Routes routes) {
        auth.addTo(routes);
        directory.addTo(routes);
        catalog.addTo(routes);
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public Reply finish(Exchange exchange, Reply reply) {
        Reply varied = reply.withHeader("Vary", "X-Auth-Token");
        return reply.status() == 401
                ? varied.withHeader("WWW-Authenticate", "Keystone uri=\"" + AuthRoutes.self(exchange) + "\"")
                : varied;
    }
}
