package org.sluice.controller.policy;

import java.util.List;

/** A check of oslo.policy's language, parsed ({@code oslo.policy} documentation, "Policy Rule Expressions"). */
sealed interface Check {
    /** {@code @} and the empty check. */
    record Always() implements Check {}

    /** {@code !}. */
    record Never() implements Check {}

    record And(List<Check> all) implements Check {}

    record Or(List<Check> any) implements Check {}

    record Not(Check check) implements Check {}

    /** {@code role:NAME}; names of roles are compared without regard to case. */
    record HasRole(String role) implements Check {}

    /** {@code rule:NAME}. */
    record Named(String rule) implements Check {}

    /** {@code project_id:%(project_id)s}: an attribute of the caller, and what it must be. */
    record Attribute(String of, Value value) implements Check {}

    /** {@code 'text':%(attribute)s}: an attribute of the target that must be that text. */
    record Literal(String text, Value value) implements Check {}

    /** {@code field:networks:shared=True}: an attribute of the target that must be that text, as Neutron's policies ask. */
    record Field(String attribute, String value) implements Check {}

    /** The right side of a check. */
    sealed interface Value {
        /** {@code %(name)s}. */
        record OfTarget(String attribute) implements Value {}

        record Text(String text) implements Value {}
    }
}
