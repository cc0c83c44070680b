package org.sluice.controller.identity;

import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.Absent;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.Wording;
import org.sluice.controller.http.list.PageStyle;
import org.sluice.controller.identity.assignment.AssignmentRoutes;
import org.sluice.controller.identity.assignment.Assignments;
import org.sluice.controller.identity.domain.DomainRoutes;
import org.sluice.controller.identity.endpoint.EndpointRoutes;
import org.sluice.controller.identity.login.Authentication;
import org.sluice.controller.identity.login.TokenRoutes;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.project.ProjectRoutes;
import org.sluice.controller.identity.project.Projects;
import org.sluice.controller.identity.region.RegionRoutes;
import org.sluice.controller.identity.role.RoleRoutes;
import org.sluice.controller.identity.service.ServiceRoutes;
import org.sluice.controller.identity.token.Endings;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.identity.user.UserRoutes;
import org.sluice.controller.identity.user.Users;
import org.sluice.controller.identity.version.Versions;
import org.sluice.controller.identity.wire.IdentityFaults;
import org.sluice.controller.identity.wire.IdentityLinks;
import org.sluice.controller.identity.wire.IdentityPages;
import org.sluice.controller.identity.wire.IdentityWording;
import org.sluice.controller.policy.Scope;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;

/** The Identity API, version 3.14, at {@code /identity} (OpenStack API reference, "Identity API v3"). Thread-safe. */
public final class IdentityFamily implements ApiFamily {
    private final IdentityFaults faults = new IdentityFaults();
    private final IdentityWording wording = new IdentityWording();
    private final IdentityPages pages = new IdentityPages();
    private final List<ResourceRoutes> resources;

    /** Users and projects are those of the database; tokens are issued and verified by {@code tokens}. */
    public IdentityFamily(Database database, Tokens tokens, PasswordChecks checks) {
        Transactions transactions = new Transactions(database.jdbi());
        Endings endings = new Endings(database, tokens.revocations());
        Users users = new Users(database, endings, checks);
        Authentication authentication = new Authentication(database, tokens, checks, users);
        this.resources = List.of(
                new Versions(),
                new TokenRoutes(authentication, tokens, endings),
                new UserRoutes(transactions, users),
                new ProjectRoutes(transactions, new Projects(database, endings)),
                new RoleRoutes(transactions),
                new AssignmentRoutes(transactions, new Assignments(database, endings)),
                new DomainRoutes(transactions),
                new RegionRoutes(transactions),
                new ServiceRoutes(transactions),
                new EndpointRoutes(transactions));
    }

    @Override
    public String mount() {
        return IdentityLinks.MOUNT;
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

    /** Users, roles and the catalog belong to the cloud, and some to its domain. */
    @Override
    public boolean takes(Scope scope) {
        return true;
    }

    @Override
    public List<Absent> absences() {
        return IdentityAbsences.ALL;
    }

    @Override
    public Optional<String> title() {
        return Optional.of("Identity API");
    }

    @Override
    public String version() {
        return "3.14";
    }

    @Override
    public Reply finish(Exchange exchange, Reply reply) {
        Reply varied = reply.withHeader("Vary", "X-Auth-Token");
        return reply.status() == 401
                ? varied.withHeader(
                        "WWW-Authenticate", "Keystone uri=\"" + IdentityLinks.root(exchange.baseUrl()) + "\"")
                : varied;
    }
}
