/** The services of the catalog. */
@NullMarked
package org.sluice.controller.identity.service;

import org.jspecify.annotations.NullMarked;
