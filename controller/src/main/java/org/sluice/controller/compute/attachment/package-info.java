/** {@code /servers/ID/ips}, {@code /os-interface} and {@code /os-security-groups}: what a server is attached to. */
@NullMarked
package org.sluice.controller.compute.attachment;

import org.jspecify.annotations.NullMarked;
