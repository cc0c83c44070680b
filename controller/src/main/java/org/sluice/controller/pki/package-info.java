/**
 * The cluster's own certificate authority: join tokens, enrolment of hosts, and who an agent is by the certificate it
 * shows.
 */
@NullMarked
package org.sluice.controller.pki;

import org.jspecify.annotations.NullMarked;
