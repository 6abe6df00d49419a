#include "app/deployment/deployment_files.hpp"

namespace chargemill::app::deployment {
namespace {

constexpr const char* kNodes =
    R"(# One network on three pods with stable names and journals of their own. Beside it, made once (README):
#   configmap chargemill: cluster.toml, a scenario with a [[node]] for each pod
#   secret chargemill-keys: NAME.secret of each
apiVersion: v1
kind: Service
metadata:
  name: chargemill
  labels: {app: chargemill}
spec:
  clusterIP: None # each pod has a name: chargemill-0.chargemill
  publishNotReadyAddresses: true # nodes meet before they are ready
  selector: {app: chargemill}
  ports:
    - {name: data, port: 7101}
    - {name: control, port: 7102}
---
# The pod that leads has the doors.
apiVersion: v1
kind: Service
metadata:
  name: chargemill-doors
  labels: {app: chargemill}
spec:
  selector: {statefulset.kubernetes.io/pod-name: chargemill-0}
  ports:
    - {name: http, port: 8000}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: chargemill
  labels: {app: chargemill}
spec:
  serviceName: chargemill
  replicas: 3 # as many as cluster.toml lists
  podManagementPolicy: Parallel # they wait for each other
  selector:
    matchLabels: {app: chargemill}
  template:
    metadata:
      labels: {app: chargemill}
      annotations: {prometheus.io/scrape: "true", prometheus.io/port: "8000"}
    spec:
      terminationGracePeriodSeconds: 90 # the first SIGTERM drains for run.stop_timeout; with etcd, in real time, a node first hands over what it has
      securityContext: {runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001}
      initContainers:
        # A key that others may read is refused, and a volume of a secret can be read by its group.
        - name: key
          image: chargemill:latest
          command: [install, -m, "400", /secrets/$(POD_NAME).secret, /keys/]
          env: &pod
            - name: POD_NAME
              valueFrom: {fieldRef: {fieldPath: metadata.name}}
          volumeMounts:
            - {name: secrets, mountPath: /secrets, readOnly: true}
            - {name: keys, mountPath: /keys}
      containers:
        - name: chargemill
          image: chargemill:latest
          command: [chargemill, node]
          args:
            - --config=/etc/chargemill/cluster.toml
            - --name=$(POD_NAME)
            - --expect-nodes=3
            - --set=cluster.keys=/keys
            - --data=/var/lib/chargemill/journal
            - --http=0.0.0.0:8000
            - --set=http.token_file=/secrets/tokens
            - --set=http.names=chargemill-doors
            - --tcp=off
            - --progress=plain
            - --no-out
          env: *pod
          ports:
            - {name: http, containerPort: 8000}
            - {name: data, containerPort: 7101}
            - {name: control, containerPort: 7102}
          resources:
            requests: {cpu: "1", memory: 1Gi}
            limits: {memory: 2Gi}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          volumeMounts:
            - {name: config, mountPath: /etc/chargemill, readOnly: true}
            - {name: keys, mountPath: /keys, readOnly: true}
            - {name: secrets, mountPath: /secrets, readOnly: true}
            - {name: data, mountPath: /var/lib/chargemill}
            - {name: tmp, mountPath: /tmp}
      volumes:
        - name: config
          configMap: {name: chargemill}
        - name: secrets
          secret: {secretName: chargemill-keys}
        - name: keys
          emptyDir: {medium: Memory}
        - name: tmp
          emptyDir: {}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 10Gi}}
)";

constexpr const char* kEtcd =
    R"(# Three members of etcd, for a network whose nodes agree through it (scenario key cluster.etcd).
apiVersion: v1
kind: Service
metadata:
  name: etcd
  labels: {app: etcd}
spec:
  clusterIP: None
  publishNotReadyAddresses: true # members meet before they are ready
  selector: {app: etcd}
  ports:
    - {name: client, port: 2379}
    - {name: peer, port: 2380}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: etcd
spec:
  maxUnavailable: 1 # two of three still agree
  selector:
    matchLabels: {app: etcd}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: etcd
  labels: {app: etcd}
spec:
  serviceName: etcd
  replicas: 3
  podManagementPolicy: Parallel
  selector:
    matchLabels: {app: etcd}
  template:
    metadata:
      labels: {app: etcd}
    spec:
      affinity: # one member a machine, where there are enough
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm:
                topologyKey: kubernetes.io/hostname
                labelSelector:
                  matchLabels: {app: etcd}
      securityContext: {runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001}
      containers:
        - name: etcd
          image: quay.io/coreos/etcd:v3.4.23
          command: [etcd]
          args:
            - --name=$(POD_NAME)
            - --data-dir=/var/lib/etcd/data
            - --listen-client-urls=http://0.0.0.0:2379
            - --advertise-client-urls=http://$(POD_NAME).etcd:2379
            - --listen-peer-urls=http://0.0.0.0:2380
            - --initial-advertise-peer-urls=http://$(POD_NAME).etcd:2380
            - --initial-cluster=etcd-0=http://etcd-0.etcd:2380,etcd-1=http://etcd-1.etcd:2380,etcd-2=http://etcd-2.etcd:2380
            - --initial-cluster-state=new
            - --initial-cluster-token=chargemill
            - --pre-vote
            - --auto-compaction-retention=1
            - --quota-backend-bytes=1073741824
          env:
            - name: POD_NAME
              valueFrom: {fieldRef: {fieldPath: metadata.name}}
          ports:
            - {name: client, containerPort: 2379}
            - {name: peer, containerPort: 2380}
          readinessProbe:
            httpGet: {path: /health, port: client}
            periodSeconds: 5
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          volumeMounts:
            - {name: data, mountPath: /var/lib/etcd}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 2Gi}}
)";

}  // namespace

std::vector<GeneratedFile> kubernetes_files() {
  return {{"chargemill.yaml", kNodes}, {"etcd.yaml", kEtcd}};
}

}  // namespace chargemill::app::deployment
