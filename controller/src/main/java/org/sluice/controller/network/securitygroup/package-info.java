/** {@code /security-groups}. */
@NullMarked
package org.sluice.controller.network.securitygroup;

import org.jspecify.annotations.NullMarked;
