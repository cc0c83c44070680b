package org.sluice.controller.http.body;

import java.util.List;

/** What is wrong with a field's value; each API family words it in its own way. */
public sealed interface Complaint {
    /** Not of that JSON type: {@code string}, {@code integer}, {@code boolean}, {@code object}, {@code array}. */
    record NotOfType(String type) implements Complaint {}

    /** Null, where something must be. */
    record Null() implements Complaint {}

    /** Text with fewer characters than that, or a list with fewer items. */
    record TooShort(int least) implements Complaint {}

    /** Text with more characters than that, or a list with more items. */
    record TooLong(int most) implements Complaint {}

    /** A number below that. */
    record TooSmall(long least) implements Complaint {}

    /** A number above that. */
    record TooLarge(long most) implements Complaint {}

    /** None of the values that there are. */
    record NotOneOf(List<String> values) implements Complaint {}

    /** No UUID. */
    record NotAnId() implements Complaint {}

    /** A list that has this twice. */
    record Repeated(String item) implements Complaint {}

    /** Text that the database cannot keep: a NUL character or half a surrogate pair. */
    record NotText() implements Complaint {}

    /** Anything else; the rest of a sentence that begins with the field. */
    record Because(String reason) implements Complaint {}
}
