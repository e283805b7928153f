// SPDX-License-Identifier: Apache-2.0
/**
 * Kubelet's FlexVolume contract as values: what a call asks for, what can be answered, the target
 * directory and the settings beside a driver, and their text forms.
 *
 * <p>Pure: text in, values out. May use Jackson and the names of the plugin client; depends on no
 * other room.
 */
@NullMarked
package storage.dory.agent.flex;

import org.jspecify.annotations.NullMarked;
