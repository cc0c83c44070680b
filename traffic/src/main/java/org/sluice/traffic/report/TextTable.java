package org.sluice.traffic.report;

import java.util.ArrayList;
import java.util.List;

/** Lays a {@link Table} out in columns as wide as their widest cell, and breaks sentences into lines. */
final class TextTable {
    /** Lines are at most this wide where they can be broken. */
    static final int WIDTH = 100;

    private static final String GAP = "  ";

    private TextTable() {}

    /** The table in lines, indented; numbers on the right of their column. */
    static List<String> lines(Table table, String indent) {
        int columns = table.columns().size();
        int[] widths = new int[columns];
        List<List<String>> rows = new ArrayList<>();
        rows.add(table.columns().stream().map(Table.Column::heading).toList());
        rows.addAll(table.rows());
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int column = 0; column < columns; column++) {
                String cell = row.get(column);
                int padding = widths[column] - cell.length();
                boolean right = table.columns().get(column).number();
                line.repeat(' ', right ? padding : 0)
                        .append(cell)
                        .repeat(' ', right ? 0 : padding)
                        .append(GAP);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** A sentence in lines of at most {@value #WIDTH} characters; the second and later ones have the deeper indent. */
    static List<String> wrap(String sentence, String first, String later) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(first);
        boolean empty = true;
        for (String word : sentence.strip().split("\\s+")) {
            if (!empty && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(later);
                empty = true;
            }
            line.append(empty ? "" : " ").append(printable(word));
            empty = false;
        }
        lines.add(line.toString());
        return lines;
    }

    /** Without control characters: names of interfaces and drivers must not steer the terminal. */
    private static String printable(String word) {
        return word.chars().anyMatch(Character::isISOControl) ? word.replaceAll("\\p{Cntrl}", "?") : word;
    }
}
