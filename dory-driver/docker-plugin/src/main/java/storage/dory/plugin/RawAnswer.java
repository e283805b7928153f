// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

/**
 * An HTTP answer before it is understood.
 *
 * @param status the HTTP status code
 * @param body the whole body as text
 */
record RawAnswer(int status, String body) {}
