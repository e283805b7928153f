// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a template may say, and every way known to us to say more. */
class PodTemplateRulesTest {
  private static final String GOOD =
      """
      metadata:
        labels: {team: storage, example.com/tier: gold}
        annotations: {example.com/note: "a b"}
      spec:
        priorityClassName: low
        securityContext: {runAsUser: 1000, runAsNonRoot: true, fsGroup: 7, seccompProfile: {type: RuntimeDefault}}
        hostAliases: [{ip: 10.0.0.1, hostnames: [array]}]
        dnsPolicy: None
        dnsConfig: {nameservers: [10.0.0.2], options: [{name: ndots, value: "1"}]}
        volumes:
        - {name: scratch, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
        - {name: ca, configMap: {name: array-ca, items: [{key: ca.crt, path: ca.crt}]}}
        - {name: login, secret: {secretName: array-login, defaultMode: 256}}
        - {name: me, downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}
        containers:
        - name: provision
          command: [/bin/provision]
          args: ["--verbose"]
          workingDir: /work
          imagePullPolicy: Always
          env:
          - {name: MODE, value: fast}
          - {name: LOGIN, valueFrom: {secretKeyRef: {name: array-login, key: user}}}
          - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
          volumeMounts: [{name: scratch, mountPath: /work}, {name: ca, mountPath: /etc/ca, readOnly: true}]
          securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {add: [CHOWN], drop: [ALL]}}
      """;

  @Test
  void everythingThatStaysWithinThePodIsAllowed() {
    assertThat(new PodTemplateRules(false).problems(GOOD)).isEmpty();
    assertThat(new PodTemplateRules(true).problems(GOOD)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hostNetwork: true|spec.hostNetwork",
        "hostPID: true|spec.hostPID",
        "hostIPC: true|spec.hostIPC",
        "runtimeClassName: kata|spec.runtimeClassName",
        "volumes: [{name: h, hostPath: {path: /}}]|spec.volumes[0].hostPath",
        "containers: [{name: provision, securityContext: {privileged:"
            + " true}}]|spec.containers[0].securityContext.privileged",
        "containers: [{name: provision, securityContext: {allowPrivilegeEscalation:"
            + " true}}]|spec.containers[0].securityContext.allowPrivilegeEscalation",
        "containers: [{name: provision, securityContext: {capabilities: {add:"
            + " [SYS_ADMIN]}}}]|spec.containers[0].securityContext.capabilities.add[0]",
        "containers: [{name: provision, securityContext: {seccompProfile: {type:"
            + " Unconfined}}}]|spec.containers[0].securityContext.seccompProfile.type",
        "securityContext: {seccompProfile: {type:"
            + " Unconfined}}|spec.securityContext.seccompProfile.type",
        "containers: [{name: provision, volumeMounts: [{name: h, mountPath: /h, mountPropagation:"
            + " Bidirectional}]}]|spec.containers[0].volumeMounts[0].mountPropagation",
      })
  void privilegeIsOnlyForNamespacesThatTheOperatorNamed(String spec, String path) {
    assertThat(paths(false, "spec: {" + spec + "}")).containsExactly(path);
    assertThat(paths(true, "spec: {" + spec + "}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // other containers
        "initContainers: [{name: provision, image: x}]|spec.initContainers",
        "ephemeralContainers: [{name: x}]|spec.ephemeralContainers",
        "containers: [{name: other}]|spec.containers[0].name",
        "containers: [{name: provision}, {name: provision}]|spec.containers[1]",
        "containers: [{args: [x]}]|spec.containers[0]",
        "containers: {name: provision}|spec.containers",
        "containers: [{name: provision, image: evil}]|spec.containers[0].image",
        // other names of the same, and other cases
        "HostNetwork: true|spec.HostNetwork",
        "hostUsers: false|spec.hostUsers",
        "deprecatedServiceAccount: admin|spec.deprecatedServiceAccount",
        "serviceAccountName: admin|spec.serviceAccountName",
        "serviceAccount: admin|spec.serviceAccount",
        "automountServiceAccountToken: true|spec.automountServiceAccountToken",
        "shareProcessNamespace: true|spec.shareProcessNamespace",
        "nodeName: master|spec.nodeName",
        "nodeSelector: {a: b}|spec.nodeSelector",
        "schedulerName: mine|spec.schedulerName",
        "tolerations: [{operator: Exists}]|spec.tolerations",
        "affinity: {}|spec.affinity",
        "restartPolicy: Always|spec.restartPolicy",
        "activeDeadlineSeconds: 999999|spec.activeDeadlineSeconds",
        "terminationGracePeriodSeconds: 999999|spec.terminationGracePeriodSeconds",
        "priorityClassName: system-node-critical|spec.priorityClassName",
        "priority: 2000000000|spec.priority",
        "os: {name: windows}|spec.os",
        "resourceClaims: []|spec.resourceClaims",
        // security of the pod
        "securityContext: {sysctls: [{name: a, value: b}]}|spec.securityContext.sysctls",
        "securityContext: {seLinuxOptions: {type: spc_t}}|spec.securityContext.seLinuxOptions",
        "securityContext: {windowsOptions: {hostProcess:"
            + " true}}|spec.securityContext.windowsOptions",
        "securityContext: {appArmorProfile: {type:"
            + " Unconfined}}|spec.securityContext.appArmorProfile",
        "securityContext: {seccompProfile: {type: RuntimeDefault, localhostProfile:"
            + " ../x}}|spec.securityContext.seccompProfile.localhostProfile",
        "containers: [{name: provision, securityContext: {procMount:"
            + " Unmasked}}]|spec.containers[0].securityContext.procMount",
        "containers: [{name: provision, securityContext: {seLinuxOptions:"
            + " {}}}]|spec.containers[0].securityContext.seLinuxOptions",
        "containers: [{name: provision, ports: [{hostPort: 80, containerPort:"
            + " 80}]}]|spec.containers[0].ports",
        "containers: [{name: provision, lifecycle: {}}]|spec.containers[0].lifecycle",
        "containers: [{name: provision, envFrom: []}]|spec.containers[0].envFrom",
        "containers: [{name: provision, volumeDevices: []}]|spec.containers[0].volumeDevices",
        "containers: [{name: provision, resources: {}}]|spec.containers[0].resources",
        "containers: [{name: provision, terminationMessagePath:"
            + " /etc/x}]|spec.containers[0].terminationMessagePath",
        // mounts
        "containers: [{name: provision, volumeMounts: [{name: s, mountPath: /s, subPath:"
            + " ../x}]}]|spec.containers[0].volumeMounts[0].subPath",
        "containers: [{name: provision, volumeMounts: [{name: s, mountPath: /s, subPathExpr:"
            + " $(X)}]}]|spec.containers[0].volumeMounts[0].subPathExpr",
        "containers: [{name: provision, volumeMounts: [{name: s, mountPath:"
            + " /etc/provisioner/properties}]}]|spec.containers[0].volumeMounts[0].mountPath",
        "containers: [{name: provision, volumeMounts: [{name: s, mountPath:"
            + " /etc}]}]|spec.containers[0].volumeMounts[0].mountPath",
        "containers: [{name: provision, volumeMounts: [{name: s, mountPath:"
            + " /var/run/secrets/x}]}]|spec.containers[0].volumeMounts[0].mountPath",
        "containers: [{name: provision, volumeMounts: [{name: s, mountPath:"
            + " /a/../etc/provisioner}]}]|spec.containers[0].volumeMounts[0].mountPath",
        "containers: [{name: provision, volumeMounts: [{name: s, mountPath:"
            + " //etc}]}]|spec.containers[0].volumeMounts[0].mountPath",
        "containers: [{name: provision, volumeMounts: [{name: s, mountPath:"
            + " /}]}]|spec.containers[0].volumeMounts[0].mountPath",
        "containers: [{name: provision, volumeMounts: [{name: s, mountPath:"
            + " etc}]}]|spec.containers[0].volumeMounts[0].mountPath",
        "containers: [{name: provision, volumeMounts: [{name: account, mountPath:"
            + " /t}]}]|spec.containers[0].volumeMounts[0].name",
        "containers: [{name: provision, volumeMounts: [{name: plugin-sockets, mountPath:"
            + " /t}]}]|spec.containers[0].volumeMounts[0].name",
        // variables
        "containers: [{name: provision, env: [{name: A=B, value:"
            + " x}]}]|spec.containers[0].env[0].name",
        "containers: [{name: provision, env: [{name: A, value: x}, {name: A, value:"
            + " y}]}]|spec.containers[0].env[1]",
        "containers: [{name: provision, env: [{name: A, valueFrom: {secretKeyRef: {name:"
            + " dory-provision-1, key:"
            + " service-token}}}]}]|spec.containers[0].env[0].valueFrom.secretKeyRef.name",
        "containers: [{name: provision, env: [{name: A, valueFrom: {fieldRef: {fieldPath:"
            + " 'metadata.annotations[''dory.storage/definition'']'}}}]}]|spec.containers[0].env[0].valueFrom.fieldRef.fieldPath",
        "containers: [{name: provision, env: [{name: A, valueFrom: {fileKeyRef:"
            + " {}}}]}]|spec.containers[0].env[0].valueFrom.fileKeyRef",
        // volumes
        "volumes: [{name: properties, emptyDir: {}}]|spec.volumes[0].name",
        "volumes: [{name: a, emptyDir: {}}, {name: a, emptyDir: {}}]|spec.volumes[1]",
        "volumes: [{name: a, secret: {secretName:"
            + " dory-provision-u-1}}]|spec.volumes[0].secret.secretName",
        "volumes: [{name: a, secret: {secretName: s, items: [{key: k, path:"
            + " ../../x}]}}]|spec.volumes[0].secret.items[0].path",
        "volumes: [{name: a, secret: {secretName: s, namespace:"
            + " kube-system}}]|spec.volumes[0].secret.namespace",
        "volumes: [{name: a, projected: {sources: [{serviceAccountToken: {path: t, audience:"
            + " vault}}]}}]|spec.volumes[0].projected",
        "volumes: [{name: a, persistentVolumeClaim: {claimName:"
            + " x}}]|spec.volumes[0].persistentVolumeClaim",
        "volumes: [{name: a, ephemeral: {}}]|spec.volumes[0].ephemeral",
        "volumes: [{name: a, csi: {driver: x}}]|spec.volumes[0].csi",
        "volumes: [{name: a, flexVolume: {driver: x}}]|spec.volumes[0].flexVolume",
        "volumes: [{name: a, nfs: {server: x, path: /}}]|spec.volumes[0].nfs",
        "volumes: [{name: a, iscsi: {}}]|spec.volumes[0].iscsi",
        "volumes: [{name: a, gitRepo: {repository: x}}]|spec.volumes[0].gitRepo",
        "volumes: [{name: a, image: {reference: x}}]|spec.volumes[0].image",
        "volumes: [{name: a, local: {path: /}}]|spec.volumes[0].local",
      })
  void whatReachesBeyondThePodIsRefusedWithItsPathEvenWithPrivileges(String spec, String path) {
    assertThat(paths(false, "spec: {" + spec + "}")).contains(path);
    assertThat(paths(true, "spec: {" + spec + "}")).containsExactly(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "apiVersion: v1|apiVersion",
        "metadata: {namespace: kube-system}|metadata.namespace",
        "metadata: {name: x}|metadata.name",
        "metadata: {finalizers: [x]}|metadata.finalizers",
        "metadata: {ownerReferences: []}|metadata.ownerReferences",
        "metadata: {labels: {dory.storage/request: x}}|metadata.labels[dory.storage/request]",
        "metadata: {labels: {app.kubernetes.io/managed-by:"
            + " x}}|metadata.labels[app.kubernetes.io/managed-by]",
        "metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/provision:"
            + " unconfined}}|metadata.annotations[container.apparmor.security.beta.kubernetes.io/provision]",
        "metadata: {annotations: {seccomp.security.alpha.kubernetes.io/pod:"
            + " unconfined}}|metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]",
        "metadata: {annotations: {dory.storage/definition:"
            + " x}}|metadata.annotations[dory.storage/definition]",
        "spec: [hostNetwork]|spec",
        "<<: {spec: {hostPID: true}}|<<",
      })
  void whatIsNotOfTheTemplateIsRefused(String text, String path) {
    assertThat(paths(false, text)).containsExactly(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "spec: {dnsPolicy: None, dnsPolicy: Default}|cannot be read as YAML",
        "spec: {|cannot be read as YAML",
        "[]|is not an object",
        "text|is not an object",
      })
  void whatIsNoTemplateAtAllIsRefused(String text, String words) {
    assertThat(new PodTemplateRules(false).problems(text).getFirst().words()).startsWith(words);
  }

  @Test
  void secondDocumentIsRefused() {
    assertThat(new PodTemplateRules(false).problems("spec: {}\n---\nspec: {hostPID: true}\n"))
        .isNotEmpty();
  }

  @Test
  void aliasBringsNothingIn() {
    String text = "metadata: {labels: {a: &x b}}\nspec: {volumes: [{name: v, hostPath: *x}]}\n";

    assertThat(paths(false, text)).contains("spec.volumes[0].hostPath");
  }

  @Test
  void everyProblemIsToldAtOnceByTheParserWithThePathInTheKey() {
    Map<String, String> data = new TreeMap<>(Map.of("image", "x", "service-account-name", "s"));
    data.put(
        "provisioner.pod-template",
        "spec: {hostPID: true, nodeName: n, volumes: [{name: h, hostPath: {path: /}}]}");
    RawDefinition raw = new RawDefinition(new ConfigMapKey("storage", "c"), "silver", data);

    assertThat(((Parsed.Bad) new DefinitionParser().parse(raw)).problems())
        .extracting(DefinitionProblem::key)
        .containsExactly(
            "provisioner.pod-template spec.hostPID",
            "provisioner.pod-template spec.nodeName",
            "provisioner.pod-template spec.volumes[0].hostPath");
    assertThat(
            ((Parsed.Bad) new DefinitionParser(java.util.Set.of("storage")).parse(raw)).problems())
        .extracting(DefinitionProblem::key)
        .containsExactly("provisioner.pod-template spec.nodeName");
  }

  /** Fields of a pod that nobody has thought of are refused wherever they stand. */
  @Test
  void randomFieldAnywhereIsRefused() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> places =
        List.of(
            "%s: {}",
            "metadata: {%s: {}}",
            "spec: {%s: {}}",
            "spec: {securityContext: {%s: {}}}",
            "spec: {dnsConfig: {%s: {}}}",
            "spec: {volumes: [{name: a, %s: {}}]}",
            "spec: {volumes: [{name: a, emptyDir: {%s: {}}}]}",
            "spec: {containers: [{name: provision, %s: {}}]}",
            "spec: {containers: [{name: provision, securityContext: {%s: {}}}]}",
            "spec: {containers: [{name: provision, env: [{name: A, %s: {}}]}]}",
            "spec: {containers: [{name: provision, volumeMounts: [{name: a, mountPath: /a, %s:"
                + " {}}]}]}");
    for (int i = 0; i < 2000; i++) {
      StringBuilder name = new StringBuilder("x");
      random.ints(1 + random.nextInt(12), 'a', 'z' + 1).forEach(c -> name.append((char) c));
      String text = places.get(random.nextInt(places.size())).formatted(name);
      assertThat(paths(true, text)).as("seed " + seed + ": " + text).hasSize(1);
    }
  }

  private static List<String> paths(boolean privileged, String text) {
    return new PodTemplateRules(privileged)
        .problems(text).stream().map(DefinitionProblem::key).distinct().toList();
  }
}
