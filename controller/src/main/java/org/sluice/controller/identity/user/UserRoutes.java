package org.sluice.controller.identity.user;

import static java.util.Objects.requireNonNull;

import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.identity.password.LogInSource;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.store.Transactions;

/** {@code /v3/users} (Identity API reference, "Users"). Thread-safe. */
public final class UserRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final Users users;
    private final UserStore store = new UserStore();

    public UserRoutes(Transactions transactions, Users users) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.users = requireNonNull(users, "users is null");
    }

    @Override
    public void routes(Routes routes) {
        String one = "/v3/users/{id}";
        routes.list("/v3/users", UserRules.LIST, UserWire.LIST, source());
        routes.post("/v3/users", UserRules.CREATE, this::create);
        routes.get(one, UserRules.GET, this::show);
        routes.patch(one, UserRules.UPDATE, this::update);
        routes.delete(one, UserRules.DELETE, this::delete);
        routes.open("POST", one + "/password", this::changePassword);
    }

    private Source<Account> source() {
        return Source.of(
                (exchange, window) -> transactions.run(handle -> store.list(handle, exchange.rows(), window)),
                (exchange, marker) -> transactions
                        .run(handle -> store.find(handle, marker))
                        .filter(user -> exchange.may(UserRules.target(user.id()))));
    }

    private Reply create(Exchange exchange) {
        UserChange wanted = UserWire.readNew(exchange.body("user"));
        return UserWire.VIEW.reply(201, users.create(wanted, asker(exchange)), exchange);
    }

    private Reply show(Exchange exchange) {
        String id = exchange.path("id");
        exchange.require(UserRules.target(id));
        Account user = transactions.autocommit(
                handle -> store.find(handle, id).orElseThrow(() -> IdentityProblems.notFound("user", id)));
        return UserWire.VIEW.ok(user, exchange);
    }

    private Reply update(Exchange exchange) {
        String id = exchange.path("id");
        exchange.require(UserRules.target(id));
        UserChange said = UserWire.read(exchange.body("user"));
        return UserWire.VIEW.ok(users.update(id, said, asker(exchange)), exchange);
    }

    private Reply delete(Exchange exchange) {
        String id = exchange.path("id");
        exchange.require(UserRules.target(id));
        users.delete(id);
        return Reply.empty(204);
    }

    /** As Keystone: without a token, because whoever has none can have lost it with the password. */
    private Reply changePassword(Exchange exchange) {
        String id = exchange.path("id");
        UserWire.NewPassword wanted = UserWire.readPassword(exchange.body("user"));
        users.changePassword(id, wanted.original(), wanted.password(), LogInSource.of(exchange.peerAddress(), id));
        return Reply.empty(204);
    }

    private static LogInSource asker(Exchange exchange) {
        return LogInSource.of(exchange.peerAddress(), exchange.caller().userId());
    }
}
