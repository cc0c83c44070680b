/** The wire forms of resources, declared member by member and written without a tree. */
@NullMarked
package org.sluice.controller.http.view;

import org.jspecify.annotations.NullMarked;
