// Pulumi's loader has source-map-support rewrite every stack trace, and Pulumi takes one for each promise: of a
// preview of a hundred nodes that is half. Node itself knows the source maps of what is loaded here, and
// shows the right lines, which source-map-support does not.
Reflect.deleteProperty(Error, "prepareStackTrace");
