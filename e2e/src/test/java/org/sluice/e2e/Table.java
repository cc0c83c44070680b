package org.sluice.e2e;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables that OpenStack's clients draw. */
final class Table {
    private Table() {}

    /** Of a table with the columns Field (or Property) and Value: value by field. */
    static Map<String, String> fields(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        String field = "";
        for (List<String> row : rows(text)) {
            if (row.size() == 2) {
                // A value of several lines goes on with an empty first cell.
                field = row.get(0).isEmpty() ? field : row.get(0);
                fields.merge(field, row.get(1), (above, below) -> above + "\n" + below);
            }
        }
        return Map.copyOf(fields);
    }

    /** The cells of every row, header first. */
    static List<List<String>> rows(String text) {
        List<List<String>> rows = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("|") && line.endsWith("|")) {
                rows.add(List.of(line.substring(1, line.length() - 1).split("\\|", -1)).stream()
                        .map(String::strip)
                        .toList());
            }
        }
        return rows;
    }
}
