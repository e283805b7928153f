// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;

/**
 * How a TLS connection is made.
 *
 * @param trust whose certificates are believed
 * @param verified false when anybody is believed, under any name, because the file says so
 */
record TlsMeans(SSLContext context, X509TrustManager trust, boolean verified) {}
