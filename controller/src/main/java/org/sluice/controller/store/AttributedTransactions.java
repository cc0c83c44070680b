package org.sluice.controller.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionHandler;

/**
 * Transactions that tell the database for which request they are made, if they are for one. The driver sends BEGIN along with
 * the first statement, which is this one: it costs such a transaction one round trip, and any other nothing.
 */
final class AttributedTransactions extends DelegatingTransactionHandler {
    AttributedTransactions() {
        super(LocalTransactionHandler.binding());
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws SQLException {
        return new OfHandle(getDelegate().specialize(handle));
    }

    private static final class OfHandle extends DelegatingTransactionHandler {
        OfHandle(TransactionHandler local) {
            super(local);
        }

        @Override
        public void begin(Handle handle) {
            super.begin(handle);
            Origin.ofChanges().ifPresent(origin -> tell(handle.getConnection(), origin));
        }
    }

    /** Says for whom the transaction is that is open on that connection. */
    static void tell(Connection connection, Origin origin) {
        try (PreparedStatement statement =
                connection.prepareStatement("select set_config('sluice.request', ?, true)")) {
            statement.setString(1, origin.text());
            statement.execute();
        } catch (SQLException failure) {
            throw new TransactionException("the database could not be told for whom this transaction is", failure);
        }
    }
}
