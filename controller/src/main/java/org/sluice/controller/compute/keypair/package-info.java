/** {@code /os-keypairs}: the SSH keys of users. */
@NullMarked
package org.sluice.controller.compute.keypair;

import org.jspecify.annotations.NullMarked;
