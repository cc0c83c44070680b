package org.sluice.traffic.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Writes HTML that is well-formed XML too. Every text and every attribute is escaped, and characters that XML cannot carry are
 * replaced, so that a name from the machine never becomes markup.
 */
final class Markup {
    /** Ends of lines after these, so that the page can be read and compared as text. */
    private static final Set<String> BLOCKS = Set.of(
            "head", "title", "style", "header", "section", "figure", "svg", "table", "tr", "h1", "h2", "h3", "p", "li");

    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** Opens an element; attributes are names and values in turn. */
    Markup open(String name, String... attributes) {
        tag(name, attributes);
        out.append('>');
        open.push(name);
        return this;
    }

    /** Closes the element that was opened last. */
    Markup close() {
        String name = open.pop();
        out.append("</").append(name).append('>');
        if (BLOCKS.contains(name)) {
            out.append('\n');
        }
        return this;
    }

    /** An element with a text and nothing else in it. */
    Markup element(String name, String text, String... attributes) {
        return open(name, attributes).text(text).close();
    }

    /** An element that has no content by its nature: {@code rect}, {@code meta}. */
    Markup empty(String name, String... attributes) {
        tag(name, attributes);
        out.append("/>");
        return this;
    }

    Markup text(String text) {
        escape(text, false);
        return this;
    }

    /** Markup that is a constant of this program. */
    Markup constant(String markup) {
        out.append(markup);
        return this;
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("<" + open.peek() + "> is not closed.");
        }
        return out.toString();
    }

    private void tag(String name, String... attributes) {
        out.append('<').append(name);
        for (int index = 0; index < attributes.length; index += 2) {
            out.append(' ').append(attributes[index]).append("=\"");
            escape(attributes[index + 1], true);
            out.append('"');
        }
    }

    private void escape(String text, boolean attribute) {
        text.codePoints().forEach(character -> {
            if (character == '<') {
                out.append("&lt;");
            } else if (character == '>') {
                out.append("&gt;");
            } else if (character == '&') {
                out.append("&amp;");
            } else if (character == '"' && attribute) {
                out.append("&quot;");
            } else {
                out.appendCodePoint(isXml(character) ? character : '\ufffd');
            }
        });
    }

    /** Production Char of XML 1.0, section 2.2. */
    private static boolean isXml(int character) {
        return character == '\t'
                || character == '\n'
                || character == '\r'
                || (character >= 0x20 && character <= 0xd7ff)
                || (character >= 0xe000 && character <= 0xfffd)
                || character >= 0x10000;
    }
}
