package org.sluice.controller.fleet.importing;

import java.util.Set;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.view.View;

/** Imports as the API has them. */
final class ImportWire {
    /** More than a configuration file has lines. */
    private static final int MOST_SETTINGS = 10_000;

    private static final int MOST_HOSTS = 10_000;
    private static final int LONGEST_VALUE = 65_536;

    static final View<ImportNote> NOTE = View.<ImportNote>of("note", "notes")
            .member("file", ImportNote::file)
            .member("line", ImportNote::line)
            .member("option", ImportNote::option)
            .member("taken", ImportNote::taken)
            .member("sentence", ImportNote::sentence)
            .build();

    private ImportWire() {}

    static ImportRequest read(Exchange exchange) {
        Fields fields = exchange.body().onlyKnows(Set.of("settings", "hosts"));
        fields.needs("settings");
        return new ImportRequest(
                fields.objects("settings", MOST_SETTINGS).stream()
                        .map(ImportWire::setting)
                        .toList(),
                fields.texts("hosts", MOST_HOSTS, 1, 255));
    }

    private static ConfigSetting setting(Fields fields) {
        fields.onlyKnows(Set.of("file", "line", "section", "name", "value"));
        return new ConfigSetting(
                fields.text("file", 1, 255),
                fields.integer("line", Integer.MIN_VALUE, Integer.MAX_VALUE),
                fields.text("section", 1, 255),
                fields.text("name", 1, 255),
                fields.text("value", 0, LONGEST_VALUE));
    }
}
