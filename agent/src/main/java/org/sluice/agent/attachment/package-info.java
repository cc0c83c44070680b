/** What a NIC takes from the host, one class a kind of NIC. */
@NullMarked
package org.sluice.agent.attachment;

import org.jspecify.annotations.NullMarked;
