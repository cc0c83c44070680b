/** VFs on a machine made of files and a scripted kernel. */
@NullMarked
package org.sluice.agent.functions;

import org.jspecify.annotations.NullMarked;
