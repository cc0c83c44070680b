package org.sluice.controller.fleet.importing;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.sluice.controller.http.BodyLimit;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Transactions;

/** {@code /import}. Thread-safe. */
public final class ImportRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final OpenstackImport openstack = new OpenstackImport();

    public ImportRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.post("/import", ImportRules.IMPORT, this::apply).atMost(BodyLimit.BULK);
    }

    private Reply apply(Exchange exchange) {
        ImportRequest request = ImportWire.read(exchange);
        List<ImportNote> notes = transactions.run(handle -> openstack.apply(handle, request));
        return ImportWire.NOTE.replyAll(200, notes, exchange);
    }
}
