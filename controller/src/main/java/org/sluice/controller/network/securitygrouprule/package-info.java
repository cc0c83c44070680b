/** {@code /security-group-rules}. */
@NullMarked
package org.sluice.controller.network.securitygrouprule;

import org.jspecify.annotations.NullMarked;
