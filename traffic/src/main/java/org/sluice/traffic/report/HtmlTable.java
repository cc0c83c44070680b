package org.sluice.traffic.report;

import java.util.List;

/** Writes a {@link Table} as an HTML table that scrolls inside itself where the page is narrow. */
final class HtmlTable {
    /** So many columns fit on a printed page in the usual size. */
    private static final int MANY = 10;

    private HtmlTable() {}

    static void write(Markup out, Table table) {
        if (table.isEmpty()) {
            return;
        }
        // A region that scrolls has to be reachable by keyboard and needs a name.
        out.open("div", "class", "scroll", "role", "region", "tabindex", "0", "aria-label", table.caption());
        out.open("table", "class", table.columns().size() > MANY ? "wide" : "plain");
        out.element("caption", table.caption());
        out.open("thead").open("tr");
        table.columns().forEach(column -> out.element("th", column.heading(), "scope", "col", "class", look(column)));
        out.close().close();
        out.open("tbody");
        for (List<String> row : table.rows()) {
            out.open("tr");
            for (int column = 0; column < row.size(); column++) {
                cell(out, table.columns().get(column), row.get(column), column == 0);
            }
            out.close();
        }
        out.close().close().close();
    }

    private static void cell(Markup out, Table.Column column, String text, boolean first) {
        if (first) {
            out.element("th", text, "scope", "row", "class", look(column));
        } else if (text.equals(Tables.TESTER_LIMITED)) {
            out.open("td", "class", look(column))
                    .element("span", text, "class", "flag")
                    .close();
        } else {
            out.element("td", text, "class", look(column));
        }
    }

    private static String look(Table.Column column) {
        return column.number() ? "n" : "w";
    }
}
