/** What tests of API families share: a client, and exchanges recorded from OpenStack to compare with. */
@NullMarked
package org.sluice.controller.http;

import org.jspecify.annotations.NullMarked;
