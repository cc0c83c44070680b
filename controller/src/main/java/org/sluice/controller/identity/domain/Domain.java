package org.sluice.controller.identity.domain;

import org.sluice.controller.identity.wire.DefaultDomain;

/** A domain: a set of users and projects. */
record Domain(String id, String name) {
    /** The one there is. */
    static final Domain ONE = new Domain(DefaultDomain.ID, DefaultDomain.NAME);
}
